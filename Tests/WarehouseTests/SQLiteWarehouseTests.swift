import Testing

@testable import Warehouse

@Suite struct SQLiteWarehouseTests {
    @Test func noKeyCanHoldNull() throws {
        try TestWarehouse.with(Recordings.plan(), on: .sqlite) { test in
            for table in test.plan.tables {
                for key in table.key {
                    let result = try test.warehouse.query(
                        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '\(table.name)'")
                    let sql = try #require(result.rows.first?.first?.text)
                    #expect(sql.contains("\"\(key)\" ") && sql.contains("STRICT"))
                    let column = try #require(sql.firstRange(of: "\"\(key)\" "))
                    #expect(sql[column.lowerBound...].prefix { $0 != "," }.contains("NOT NULL"), "\(table.name).\(key)")
                }
            }
        }
    }
}
