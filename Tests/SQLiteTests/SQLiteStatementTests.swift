import SQLite
import Testing

@Suite struct SQLiteStatementTests {
    private let database: SQLiteDatabase

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
    }

    @Test(arguments: [
        SQLiteValue.null, 0, .integer(.min), .integer(.max), .real(1.5), .real(-0.0), .text(""), .text("grün 🎉"),
        .text("a\0b"), .text(String(repeating: "x", count: 100_000)), .blob([]), .blob([0, 0xFF]),
    ])
    func readsWhatWasBound(value: SQLiteValue) throws {
        let statement = try database.prepare("SELECT ?1, typeof(?1)")
        #expect(try statement.firstRow([value])?[0] == value)
        let kind = try statement.firstRow([value])?[1].text
        switch value {
        case .null: #expect(kind == "null")
        case .integer: #expect(kind == "integer")
        case .real: #expect(kind == "real")
        case .text: #expect(kind == "text")
        case .blob: #expect(kind == "blob")
        }
    }

    @Test func namesItsColumns() throws {
        #expect(try database.prepare("SELECT 1 AS one, 2 AS \"two words\"").columnNames == ["one", "two words"])
    }

    @Test func knowsWhetherItWrites() throws {
        try database.execute("CREATE TABLE a (b)")
        #expect(try database.prepare("SELECT * FROM a").isReadOnly)
        #expect(try database.prepare("INSERT INTO a VALUES (1)").isReadOnly == false)
    }

    @Test func givesRowsInOrder() throws {
        let statement = try database.prepare("SELECT value FROM json_each(?) ORDER BY value")
        #expect(try statement.rows(["[3,1,2]"]) == [[1], [2], [3]])
        var seen: [Int64] = []
        try statement.forEachRow(["[3,1,2]"]) { seen.append($0.integer(0)) }
        #expect(seen == [1, 2, 3])
        #expect(try statement.firstRow(["[]"]) == nil)
    }

    @Test func canBeUsedAgainAfterItsBodyThrew() throws {
        struct Stop: Error {}
        let statement = try database.statement("SELECT value FROM json_each(?)")
        #expect(throws: Stop.self) { try statement.forEachRow(["[1,2]"]) { _ in throw Stop() } }
        #expect(try statement.rows(["[7]"]) == [[7]])
        #expect(try database.statement("SELECT value FROM json_each(?)") === statement)
    }

    @Test func refusesWrongSQL() {
        #expect(throws: SQLiteError.self) { try database.prepare("SELEKT 1") }
    }

    @Test func convertsValues() {
        #expect(SQLiteValue(Int64?.none) == .null)
        #expect(SQLiteValue(String?("a")) == .text("a"))
        #expect(SQLiteValue.integer(2).real == 2)
        #expect(SQLiteValue.real(2).integer == nil)
        #expect(SQLiteValue.blob([1]).blob == [1])
        #expect(SQLiteValue.text("a").blob == nil)
    }
}
