/// The rows on one leaf page of a table, read out of the page's own bytes: for a file that SQLite itself cannot read any
/// more, because what leads to the page is damaged.
///
/// Source: "Database File Format", https://www.sqlite.org/fileformat2.html, sections 1.6 (pages), 1.7 (overflow) and 2.1
/// (records). All numbers are big-endian. A page that is no such leaf, or not a whole one, has no rows.
public struct TableLeaf {
    /// One row: its number, and where its record begins.
    public struct Row: Sendable {
        /// The row's number.
        public let identifier: Int64
        /// The bytes of the whole record.
        public let byteCount: Int
        /// The part of the record on this page.
        public let local: Range<Int>
        /// The page that the rest begins on; 0 for none.
        public let overflowPage: Int
    }

    /// The rows, in the order of their numbers.
    public let rows: [Row]

    private static let kind: UInt8 = 0x0D
    private static let headerBytes = 8
    /// The first page has the file's header before its own.
    private static let fileHeaderBytes = 100

    /// Reads a page. `number` counts from 1.
    public init(page: ArraySlice<UInt8>, number: Int) {
        let page = Array(page)
        let start = number == 1 ? Self.fileHeaderBytes : 0
        guard page.count > start + Self.headerBytes, page[start] == Self.kind else {
            rows = []
            return
        }
        let count = page.bigEndian(2, at: start + 3)
        let pointers = start + Self.headerBytes
        guard pointers + 2 * count <= page.count else {
            rows = []
            return
        }
        rows = (0..<count).compactMap { Self.row(at: page.bigEndian(2, at: pointers + 2 * $0), in: page) }
    }

    private static func row(at offset: Int, in page: [UInt8]) -> Row? {
        var offset = offset
        guard let length = page.variableInteger(at: &offset), let identifier = page.variableInteger(at: &offset),
            let byteCount = Int(exactly: length), byteCount > 0
        else { return nil }
        let local = localBytes(of: byteCount, pageBytes: page.count)
        let end = offset + local
        guard end + (local < byteCount ? 4 : 0) <= page.count else { return nil }
        return Row(
            identifier: identifier, byteCount: byteCount, local: offset..<end,
            overflowPage: local < byteCount ? page.bigEndian(4, at: end) : 0)
    }

    /// How much of a record of that length stands on the leaf itself.
    private static func localBytes(of byteCount: Int, pageBytes: Int) -> Int {
        let greatest = pageBytes - 35
        guard byteCount > greatest else { return byteCount }
        let least = (pageBytes - 12) * 32 / 255 - 23
        let local = least + (byteCount - least) % (pageBytes - 4)
        return local <= greatest ? local : least
    }

    /// What a column of a record holds.
    public enum Kind: Sendable {
        case null, integer, real, text, blob
    }

    /// What the columns of a record hold, of which its beginning is enough; nil where it is none, or begins too late.
    public static func kinds(ofRecord record: [UInt8]) -> [Kind]? {
        guard let types = types(ofRecord: record)?.types else { return nil }
        let kinds = types.compactMap(Kind.init)
        return kinds.count == types.count ? kinds : nil
    }

    /// The values of a record; nil where it is none.
    public static func values(ofRecord record: [UInt8]) -> [SQLiteValue]? {
        guard let (types, start) = types(ofRecord: record) else { return nil }
        var content = start
        var values: [SQLiteValue] = []
        for type in types {
            guard let value = record.value(ofType: type, at: &content) else { return nil }
            values.append(value)
        }
        return values
    }

    /// The serial types of a record's columns, and where the first one's value begins; nil where it has no whole header.
    private static func types(ofRecord record: [UInt8]) -> (types: [Int64], content: Int)? {
        var offset = 0
        guard let header = record.variableInteger(at: &offset), (1...Int64(record.count)).contains(header) else {
            return nil
        }
        var types: [Int64] = []
        while offset < Int(header) {
            guard let type = record.variableInteger(at: &offset), type >= 0 else { return nil }
            types.append(type)
        }
        return offset == Int(header) ? (types, offset) : nil
    }
}

extension TableLeaf.Kind {
    /// That of a serial type; nil for those that no file has.
    fileprivate init?(_ type: Int64) {
        switch type {
        case 0: self = .null
        case 1...6, 8, 9: self = .integer
        case 7: self = .real
        case 12...: self = type % 2 == 0 ? .blob : .text
        default: return nil
        }
    }
}

extension [UInt8] {
    /// An unsigned number of so many bytes; the caller has seen that they are there.
    fileprivate func bigEndian(_ byteCount: Int, at offset: Int) -> Int {
        self[offset..<offset + byteCount].reduce(0) { $0 << 8 | Int($1) }
    }

    /// SQLite's number of one to nine bytes, seven bits each, the ninth byte eight; nil where the bytes end before it does.
    fileprivate func variableInteger(at offset: inout Int) -> Int64? {
        var number: UInt64 = 0
        for place in 0..<9 {
            guard offset < count, offset >= 0 else { return nil }
            let byte = self[offset]
            offset += 1
            guard place < 8 else { return Int64(bitPattern: number << 8 | UInt64(byte)) }
            number = number << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { break }
        }
        return Int64(bitPattern: number)
    }

    /// The value of a serial type.
    fileprivate func value(ofType type: Int64, at offset: inout Int) -> SQLiteValue? {
        let integerBytes = [0, 1, 2, 3, 4, 6, 8]
        let byteCount: Int64
        switch type {
        case 0: return .null
        case 8: return .integer(0)
        case 9: return .integer(1)
        case 1...6: byteCount = Int64(integerBytes[Int(type)])
        case 7: byteCount = 8
        case 12...: byteCount = (type - 12) / 2
        default: return nil
        }
        guard byteCount <= count - offset else { return nil }
        let bytes = self[offset..<offset + Int(byteCount)]
        offset = bytes.endIndex
        switch type {
        case 1...6:
            return .integer(bytes.reduce(Int64(Int8(bitPattern: bytes.first ?? 0)) >> 7) { $0 << 8 | Int64($1) })
        case 7: return .real(Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) }))
        default: return type % 2 == 0 ? .blob(Array(bytes)) : .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}
