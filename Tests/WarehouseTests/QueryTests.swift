import Testing

@testable import Warehouse

@Suite struct QueryTests {
    /// A warehouse with a few messages, of 83 members.
    private func withMessages(on engine: TestEngine, _ body: (TestWarehouse) throws -> Void) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch(Recordings.lines("rsvps-2017-03-19").prefix(100), sequence: 1)])
            try body(test)
        }
    }

    @Test(arguments: TestEngine.available)
    func aSelectGivesColumnsAndRows(engine: TestEngine) throws {
        try withMessages(on: engine) { test in
            let result = try test.warehouse.query(
                "-- how many?\nSELECT response, count(*) AS number FROM rsvps GROUP BY 1 ORDER BY 1; -- that is all\n")
            #expect(result.columns == ["response", "number"])
            #expect(result.rows.map { $0[0] } == ["no", "yes"])
            #expect(!result.isTruncated)
        }
    }

    @Test(arguments: TestEngine.available)
    func noMoreRowsThanTheLimitAreGiven(engine: TestEngine) throws {
        try withMessages(on: engine) { test in
            let result = try test.warehouse.query("SELECT * FROM members", rowLimit: 3)
            #expect(result.rows.count == 3 && result.isTruncated)
            let all = try test.warehouse.query("SELECT * FROM members", rowLimit: 83)
            #expect(all.rows.count == 83 && !all.isTruncated)
        }
    }

    @Test(
        arguments: TestEngine.available,
        [
            "DELETE FROM members", "UPDATE members SET photo = NULL", "DROP TABLE members", "PRAGMA user_version = 3",
            "PRAGMA user_version", "ATTACH '/etc/passwd' AS other", "INSERT INTO topics VALUES ('a', 'b', 1)",
            "CREATE TEMP TABLE t (a)", "BEGIN", "VACUUM INTO '/tmp/copy'", "SELECT load_extension('x')",
            "WITH gone AS (DELETE FROM members RETURNING 1) SELECT * FROM gone", "DELETE FROM members RETURNING 1",
            "SELECT * FROM members FOR UPDATE", "COPY members TO STDOUT", "SHOW data_directory",
            "SELECT set_config('transaction_read_only', 'off', false), nextval('ledger_id_seq')", "COMMIT",
        ])
    func whatDoesMoreThanReadIsRefused(engine: TestEngine, sql: String) throws {
        try withMessages(on: engine) { test in
            let digests = try test.digests
            #expect(throws: WarehouseError.self) { try test.warehouse.query(sql) }
            #expect(try test.digests == digests)
        }
    }

    @Test(arguments: TestEngine.available, ["", " -- nothing", "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM members"])
    func whatIsNotOneStatementIsRefused(engine: TestEngine, sql: String) throws {
        try withMessages(on: engine) { test in
            let error = #expect(throws: WarehouseError.self) { try test.warehouse.query(sql) }
            #expect(error?.description == "a query is exactly one SELECT" || sql.contains("DELETE"))
        }
    }

    @Test(arguments: TestEngine.available)
    func aWrongQueryIsAnsweredWithItsFault(engine: TestEngine) throws {
        try withMessages(on: engine) { test in
            let error = #expect(throws: WarehouseError.self) {
                try test.warehouse.query("SELECT pictures FROM members")
            }
            #expect(error?.description.hasPrefix("the query is not right: ") == true)
            #expect(error?.description.contains("pictures") == true)
        }
    }

    @Test(arguments: TestEngine.available)
    func aQueryThatTakesTooLongIsStopped(engine: TestEngine) throws {
        try withMessages(on: engine) { test in
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            let error = #expect(throws: WarehouseError.self) {
                try test.warehouse.query(endless, timeLimit: .milliseconds(50))
            }
            guard case .timeLimit = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test(arguments: TestEngine.available)
    func hugeValuesAndResultsAreRefused(engine: TestEngine) throws {
        try withMessages(on: engine) { test in
            let value = engine == .sqlite ? "hex(zeroblob(%))" : "repeat('0', 2 * %)"
            for (bytes, rows) in [("20000000", 1), ("1000000", 50)] {
                let error = #expect(throws: WarehouseError.self) {
                    try test.warehouse.query("SELECT \(value.replacing("%", with: bytes)) FROM members LIMIT \(rows)")
                }
                let words = error?.description ?? ""
                #expect(words.contains("too big") || words.contains("33554432"), "\(words)")
            }
        }
    }
}
