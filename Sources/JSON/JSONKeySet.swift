import CSimdJSON

/// The names of members that are read together, in one walk over their object.
public final class JSONKeySet: Sendable {
    /// How many they are.
    public let count: Int
    // Written once, before anybody else sees it.
    nonisolated(unsafe) private let keys: UnsafeMutablePointer<simd_json_key>

    /// The set of those names, in that order.
    public init(_ names: [JSONKey]) {
        count = names.count
        keys = .allocate(capacity: names.count)
        for (index, name) in names.enumerated() {
            let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.bytes.count)
            _ = bytes.initialize(from: name.bytes)
            let text = simd_json_text(bytes: bytes.baseAddress, count: bytes.count)
            keys[index] = simd_json_key(text: text, start: name.start)
        }
    }

    deinit {
        for index in 0..<count { keys[index].text.bytes?.deallocate() }
        keys.deallocate()
    }

    /// Puts the member of each name (the last, where it is repeated) into `values`, in the order of the names; a name
    /// that `object` does not have, or all where it is absent or no object, gives an absent element.
    public func read(_ object: JSONElement, into values: UnsafeMutableBufferPointer<JSONElement>) {
        precondition(values.count == count, "a place for each name")
        guard let start = values.baseAddress else { return }
        // An element is its raw value and nothing else.
        start.withMemoryRebound(to: simd_json_element.self, capacity: count) {
            simd_json_members(object.raw, keys, count, $0)
        }
    }
}

extension JSONElement {
    /// No element: what stands where a document has nothing. Asked for anything but this, it has to be present.
    public static var absent: JSONElement { JSONElement(raw: simd_json_element(document: nil, index: 0)) }

    /// Whether there is an element here at all.
    @inline(__always)
    public var isPresent: Bool { raw.document != nil }
}
