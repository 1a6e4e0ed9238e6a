import CSimdJSON

/// A member's name, kept as the bytes that are compared.
public struct JSONKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    let bytes: [UInt8]
    /// The first eight bytes, which tell most keys apart.
    let start: UInt64

    /// The key of that name.
    public init(_ name: some StringProtocol) {
        bytes = Array(name.utf8)
        start = bytes.withUnsafeBufferPointer { simd_json_key_start($0.baseAddress, $0.count) }
    }

    /// The key of that name.
    public init(stringLiteral name: String) {
        self.init(name)
    }

    /// The name.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The way from an event's root to a value inside it: member names joined by dots, `group.group_country`.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    /// The names on the way.
    public let keys: [JSONKey]

    /// The path of dotted names; the empty text is the root itself.
    public init(_ dotted: String) {
        keys = dotted.split(separator: ".").map { JSONKey($0) }
    }

    /// The dotted names.
    public var description: String {
        keys.map(\.description).joined(separator: ".")
    }
}

extension JSONElement {
    /// The value at the end of the path; nil where a step is missing.
    public subscript(path: JSONPath) -> JSONElement? {
        var element = self
        for key in path.keys {
            guard let next = element[key] else { return nil }
            element = next
        }
        return element
    }
}
