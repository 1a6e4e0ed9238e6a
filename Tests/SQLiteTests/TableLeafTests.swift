import Glibc
import SQLite
import Testing

@Suite struct TableLeafTests {
    private static let pageBytes = 1024

    /// A file of small pages with a table of all kinds of values, many of them longer than a page.
    private func withFile(_ body: (_ bytes: [UInt8], _ rows: [Int64: [SQLiteValue]]) throws -> Void) throws {
        var template = Array("/tmp/waystation-leaf-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = folder + "/table"
        defer {
            unlink(path)
            rmdir(folder)
        }
        var rows: [Int64: [SQLiteValue]] = [:]
        do {
            let database = try SQLiteDatabase(path: path)
            try database.execute("PRAGMA page_size = \(Self.pageBytes)")
            try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d)")
            for number in Int64(1)...300 {
                let identifier = number * number * number * 7
                let integer = (number % 2 == 0 ? 1 : -1) * (Int64(1) << (number % 63)) + number % 3
                let blob = (0..<number * 13).map { UInt8(truncatingIfNeeded: $0 * number) }
                let values: [SQLiteValue] = [
                    number % 5 == 0 ? .null : .integer(integer), .real(Double(number) / 7),
                    .text(String(repeating: "ü", count: Int(number % 40))), .blob(blob),
                ]
                try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)").run([.integer(identifier)] + values)
                rows[identifier] = [.null] + values
            }
            for small in Int64(-2)...2 {
                try database.prepare("INSERT INTO t VALUES (?, ?, 0, 1, -1)").run([.integer(small), .integer(small)])
                rows[small] = [.null, .integer(small), .integer(0), .integer(1), .integer(-1)]
            }
        }
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4 << 20)
        bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
        try body(bytes, rows)
    }

    private func page(_ number: Int, of bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes[(number - 1) * Self.pageBytes..<number * Self.pageBytes]
    }

    private func record(_ row: TableLeaf.Row, on number: Int, of bytes: [UInt8]) -> [UInt8] {
        let leaf = page(number, of: bytes)
        var record = Array(leaf[leaf.startIndex + row.local.lowerBound..<leaf.startIndex + row.local.upperBound])
        var next = row.overflowPage
        while record.count < row.byteCount {
            let more = Array(page(next, of: bytes))
            record += more[4...].prefix(row.byteCount - record.count)
            next = more[..<4].reduce(0) { $0 << 8 | Int($1) }
        }
        return record
    }

    @Test func rowsAreThoseThatSQLiteWrote() throws {
        try withFile { bytes, rows in
            var found: [Int64: [SQLiteValue]] = [:]
            for number in 2...bytes.count / Self.pageBytes {
                for row in TableLeaf(page: page(number, of: bytes), number: number).rows
                where rows[row.identifier] != nil {
                    let record = record(row, on: number, of: bytes)
                    let values = try #require(TableLeaf.values(ofRecord: record))
                    let kinds = try #require(TableLeaf.kinds(ofRecord: Array(record.prefix(30))))
                    #expect(kinds.count == values.count)
                    // A page of content may look like a leaf by chance; the true row is among what is found.
                    if values == rows[row.identifier] { found[row.identifier] = values }
                }
            }
            #expect(found == rows)
        }
    }

    @Test func anyBytesAreReadWithoutHarm() {
        var state: UInt64 = 1
        for _ in 0..<2000 {
            var page = (0..<512).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            page[0] = 0x0D
            page[3] = 0
            for row in TableLeaf(page: page[...], number: 2).rows {
                #expect(page.indices.contains(row.local.lowerBound) && row.local.upperBound <= page.count)
                _ = TableLeaf.values(ofRecord: Array(page[row.local]))
                _ = TableLeaf.kinds(ofRecord: Array(page[row.local]))
            }
        }
    }
}
