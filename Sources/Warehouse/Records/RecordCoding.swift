/// Rows as bytes whose order is the order of their cells, so that rows are sorted by comparing bytes alone.
///
/// A cell is a tag and what follows it, as in the tuple layer of FoundationDB
/// (https://github.com/apple/foundationdb/blob/main/design/tuple.md); the tags are others:
///
///     0x01        null
///     0x08 + n    an integer whose size takes 8 - n bytes, below zero: the complement of its size, big end first
///     0x10 + n    an integer that takes n bytes, big end first
///     0x20        a number: eight bytes, big end first, the sign turned; of those below zero all bits
///     0x30        a text: its bytes, 0x00 as 0x00 0xFF, and 0x00 behind them
///
/// The tag 0x00 ends a list of rows, so that of lists that begin alike the shorter comes first.
enum RecordCoding {
    static let endOfList: UInt8 = 0x00
    static let null: UInt8 = 0x01
    static let zero: UInt8 = 0x10
    static let real: UInt8 = 0x20
    static let text: UInt8 = 0x30
    static let endOfText: UInt8 = 0x00
    static let escape: UInt8 = 0xFF

    @inline(__always)
    static func append(_ cell: Cell, _ texts: TextStore, to bytes: inout [UInt8]) {
        switch cell {
        case .null: bytes.append(null)
        case .integer(let value): append(value, to: &bytes)
        case .real(let value): append(value, to: &bytes)
        case .text(let range): texts.withText(range) { append($0, to: &bytes) }
        }
    }

    @inline(__always)
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        let size = value.magnitude
        let count = 8 - size.leadingZeroBitCount / 8
        if value < 0 {
            bytes.append(zero - UInt8(truncatingIfNeeded: count))
            append(~size, count, to: &bytes)
        } else {
            bytes.append(zero + UInt8(truncatingIfNeeded: count))
            append(size, count, to: &bytes)
        }
    }

    static func append(_ value: Double, to bytes: inout [UInt8]) {
        let bits = value.bitPattern
        bytes.append(real)
        append(bits >> 63 == 0 ? bits | 1 << 63 : ~bits, 8, to: &bytes)
    }

    static func append(_ content: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(text)
        var rest = content[...]
        while let end = rest.firstIndex(of: 0) {
            bytes.append(contentsOf: rest[..<end])
            bytes.append(0)
            bytes.append(escape)
            rest = rest[(end + 1)...]
        }
        bytes.append(contentsOf: rest)
        bytes.append(endOfText)
    }

    /// The lowest `count` bytes of a word, big end first.
    @inline(__always)
    private static func append(_ word: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        if count == 0 { return }
        let ordered = (word << UInt64(64 - 8 * count)).bigEndian
        withUnsafeBytes(of: ordered) { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
