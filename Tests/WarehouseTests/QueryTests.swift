import SQLite
import Testing

@testable import Warehouse

@Suite struct QueryTests {
    /// A warehouse with a few messages, of 83 members.
    private func withMessages(_ body: (TestWarehouse) throws -> Void) throws {
        try TestWarehouse.with(Recordings.plan()) { test in
            _ = try test.warehouse.merge([test.batch(Recordings.lines("rsvps-2017-03-19").prefix(100), sequence: 1)])
            try body(test)
        }
    }

    @Test func aSelectGivesColumnsAndRows() throws {
        try withMessages { test in
            let result = try test.warehouse.query(
                "-- how many?\nSELECT response, count(*) AS number FROM rsvps GROUP BY 1 ORDER BY 1; -- that is all\n")
            #expect(result.columns == ["response", "number"])
            #expect(result.rows.map { $0[0] } == ["no", "yes"])
            #expect(!result.isTruncated)
        }
    }

    @Test func noMoreRowsThanTheLimitAreGiven() throws {
        try withMessages { test in
            let result = try test.warehouse.query("SELECT * FROM members", rowLimit: 3)
            #expect(result.rows.count == 3 && result.isTruncated)
            let all = try test.warehouse.query("SELECT * FROM members", rowLimit: 83)
            #expect(all.rows.count == 83 && !all.isTruncated)
        }
    }

    @Test(
        arguments: [
            "DELETE FROM members", "UPDATE members SET photo = NULL", "DROP TABLE members", "PRAGMA user_version = 3",
            "PRAGMA user_version", "ATTACH '/etc/passwd' AS other", "INSERT INTO topics VALUES ('a', 'b', 1)",
            "CREATE TEMP TABLE t (a)", "BEGIN", "VACUUM INTO '/tmp/copy'", "SELECT load_extension('x')",
        ])
    func whatDoesMoreThanReadIsRefused(sql: String) throws {
        try withMessages { test in
            let digests = try test.digests
            #expect(throws: WarehouseError.self) { try test.warehouse.query(sql) }
            #expect(try test.digests == digests)
        }
    }

    @Test(arguments: ["", " -- nothing", "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM members"])
    func whatIsNotOneStatementIsRefused(sql: String) throws {
        try withMessages { test in
            let error = #expect(throws: WarehouseError.self) { try test.warehouse.query(sql) }
            #expect(error?.description == "a query is exactly one SELECT" || sql.contains("DELETE"))
        }
    }

    @Test func aWrongQueryIsAnsweredWithItsFault() throws {
        try withMessages { test in
            let error = #expect(throws: WarehouseError.self) {
                try test.warehouse.query("SELECT pictures FROM members")
            }
            #expect(error?.description == "the query is not right: no such column: pictures")
        }
    }

    @Test func aQueryThatTakesTooLongIsStopped() throws {
        try withMessages { test in
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            let error = #expect(throws: WarehouseError.self) {
                try test.warehouse.query(endless, timeLimit: .milliseconds(50))
            }
            guard case .timeLimit = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func hugeValuesAndResultsAreRefused() throws {
        try withMessages { test in
            #expect(throws: WarehouseError.self) { try test.warehouse.query("SELECT zeroblob(1000000000)") }
            #expect(throws: WarehouseError.self) {
                try test.warehouse.query("SELECT zeroblob(1000000) FROM members LIMIT 50")
            }
        }
    }
}
