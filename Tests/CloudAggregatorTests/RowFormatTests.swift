import Testing
import Warehouse

@testable import CloudAggregator

@Suite struct RowFormatTests {
    private static let columns = ["name", "count"]
    private static let rows: [[WarehouseValue]] = [["a, \"b\"", 12], [nil, 3]]

    @Test(arguments: [
        (RowFormat.table, "name    count\n------  -----\na, \"b\"     12\n            3\n"),
        (.csv, "name,count\r\n\"a, \"\"b\"\"\",12\r\n,3\r\n"),
        (.json, "[\n{\"name\":\"a, \\\"b\\\"\",\"count\":12},\n{\"name\":null,\"count\":3}\n]\n"),
    ])
    func writesRows(format: RowFormat, text: String) {
        #expect(format.text(columns: Self.columns, rows: Self.rows) == text)
    }

    @Test func noRowsAreAnEmptyArray() {
        #expect(RowFormat.json.text(columns: Self.columns, rows: []) == "[]\n")
    }

    @Test func aTableShowsNoControlCharacters() {
        let text = RowFormat.table.text(columns: ["t"], rows: [["\u{1B}[31mred\n"]])
        #expect(text == "t\n---------\n\u{FFFD}[31mred\u{FFFD}\n")
    }
}
