/// A value of a row. Numbers of one column are all integers or all reals; a text lies in a `TextStore`.
enum Cell: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(TextRange)

    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

/// Where a text lies in its store.
struct TextRange: Sendable {
    let start: UInt32
    let count: UInt32
}

/// The bytes of many texts, one behind the other: a text costs no allocation of its own. Holds at most 4 GiB.
struct TextStore: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) -> TextRange {
        let start = bytes.count
        precondition(start + text.count <= Int(UInt32.max), "a store holds at most 4 GiB of text")
        bytes.append(contentsOf: text)
        return TextRange(start: UInt32(start), count: UInt32(text.count))
    }

    /// The cell as a cell of this store, its text copied.
    mutating func adopt(_ cell: Cell, from other: TextStore) -> Cell {
        guard case .text(let text) = cell else { return cell }
        return .text(other.withText(text) { append($0) })
    }

    @inline(__always)
    func withText<Result>(_ text: TextRange, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try withView { try body($0[text]) }
    }

    /// Hands over the store while it stands still.
    @inline(__always)
    func withView<Result>(_ body: (TextView) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { try body(TextView($0)) }
    }

    func string(_ text: TextRange) -> String {
        withText(text) { String(decoding: $0, as: UTF8.self) }
    }
}

/// The texts of a store while they stand still.
struct TextView {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    @inline(__always)
    subscript(text: TextRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes.baseAddress.map { $0 + Int(text.start) }, count: Int(text.count))
    }
}
