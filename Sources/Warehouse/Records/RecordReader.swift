import Glibc

/// Reads the cells of a record, one after the other. For records that `RecordCoding` has made.
struct RecordReader {
    /// A cell; of a text its bytes as they are written, and whether there are escapes among them.
    enum Field {
        case null
        case integer(Int64)
        case real(Double)
        case text(UnsafeBufferPointer<UInt8>, isEscaped: Bool)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the next cell begins.
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        (self.bytes, self.position) = (bytes, position)
    }

    /// Whether a list of rows ends here; then stands behind the end.
    mutating func endsList() -> Bool {
        guard bytes[position] == RecordCoding.endOfList else { return false }
        position += 1
        return true
    }

    /// The next cell.
    @inline(__always)
    mutating func next() -> Field {
        let tag = bytes[position]
        position += 1
        switch tag {
        case RecordCoding.null: return .null
        case RecordCoding.real:
            let bits = word(8)
            return .real(Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits))
        case RecordCoding.text: return text()
        default: return .integer(integer(tag))
        }
    }

    /// Goes past so many cells.
    mutating func skip(_ count: Int) {
        for _ in 0..<count { _ = next() }
    }

    /// The bytes of a text as it was.
    static func unescape(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        var isEscape = false
        for byte in text {
            if !isEscape { bytes.append(byte) }
            isEscape = byte == 0 && !isEscape
        }
    }

    private mutating func integer(_ tag: UInt8) -> Int64 {
        if tag >= RecordCoding.zero { return Int64(truncatingIfNeeded: word(Int(tag - RecordCoding.zero))) }
        let count = Int(RecordCoding.zero - tag)
        let size = ~word(count) & (UInt64.max >> UInt64(64 - 8 * count))
        return Int64(truncatingIfNeeded: 0 &- size)
    }

    private mutating func word(_ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in 0..<count { word = word << 8 | UInt64(bytes[position + offset]) }
        position += count
        return word
    }

    private mutating func text() -> Field {
        let start = position
        var isEscaped = false
        while true {
            guard let base = bytes.baseAddress, let end = memchr(base + position, 0, bytes.count - position) else {
                preconditionFailure("a text has an end")
            }
            let place = UnsafeRawPointer(base).distance(to: end)
            position = place + 1
            if position < bytes.count, bytes[position] == RecordCoding.escape {
                position += 1
                isEscaped = true
                continue
            }
            return .text(UnsafeBufferPointer(rebasing: bytes[start..<place]), isEscaped: isEscaped)
        }
    }
}
