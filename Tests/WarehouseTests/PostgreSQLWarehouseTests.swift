import Foundation
import PostgreSQL
import StreamDefinition
import Testing

@testable import Warehouse

/// What only a warehouse in a database server can go through.
@Suite(.enabled(if: TestEngine.server != nil, "needs a server, which provisioning/test starts"))
struct PostgreSQLWarehouseTests {
    /// A warehouse whose connections bear the name of its schema.
    private func withNamed(_ body: (TestWarehouse, PostgreSQLConnection) throws -> Void) throws {
        try TestWarehouse.withSchema { location in
            let other = try PostgreSQLConnection(location.address)
            var named = location
            named.address = try PostgreSQLAddress("\(location.address.text) application_name=\(location.schema)")
            try body(TestWarehouse(.postgresql(named), Recordings.plan()), other)
        }
    }

    /// Ends all connections of a warehouse, as a server does that is started anew.
    private func cut(_ test: TestWarehouse, _ other: PostgreSQLConnection) throws {
        guard case .postgresql(let location) = test.location else { return }
        let name = PostgreSQLValue.text(location.schema)
        let ended = try other.run(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = $1", [name])
        #expect(ended.integer(0, 0) == 1)
    }

    @Test func aConnectionThatWasLostMeanwhileIsMadeAnew() throws {
        try withNamed { test, other in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            _ = try test.warehouse.merge([test.batch(lines.prefix(700), sequence: 1)])
            try cut(test, other)
            #expect(try test.warehouse.merge([test.batch(lines.dropFirst(700), sequence: 2)]).outcomes == [.merged])
            try cut(test, other)
            #expect(try test.warehouse.watermark == 2)
            try cut(test, other)
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
            try cut(test, other)
            #expect(try test.warehouse.snapshot { try test.digests } == Recordings.digests("rsvps-2017-03-19"))
            try cut(test, other)
            #expect(try test.warehouse.hasChanged())
        }
    }

    @Test func aConnectionThatIsLostInAMergeLeavesNothingAndHeals() throws {
        try withNamed { test, other in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            _ = try test.warehouse.merge([test.batch(lines.prefix(700), sequence: 1)])
            let digests = try test.digests
            try test.execute(
                """
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE TRIGGER fault AFTER INSERT ON rsvps EXECUTE FUNCTION fail()
                """)
            let rest = try test.batch(lines.dropFirst(700), sequence: 2)
            let error = #expect(throws: PostgreSQLError.self) { try test.warehouse.merge([rest]) }
            #expect(error?.isUnavailable == true)
            #expect(try test.digests == digests)
            try test.execute("DROP TRIGGER fault ON rsvps")
            #expect(try test.warehouse.merge([rest]).outcomes == [.merged])
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
            try test.expectSound()
        }
    }

    @Test func aSnapshotIsNotContinuedOnAnotherConnection() throws {
        try withNamed { test, other in
            let error = #expect(throws: PostgreSQLError.self) {
                try test.warehouse.snapshot {
                    try cut(test, other)
                    _ = try test.warehouse.watermark
                }
            }
            #expect(error?.isUnavailable == true)
            let watermark = try test.warehouse.watermark
            #expect(watermark == 0)
        }
    }

    /// Several aggregators on one database: nobody sees a key twice, no count is lost.
    @Test func severalProgramsMergeIntoOneSchema() async throws {
        let plan = try Recordings.plan()
        let lines = try Recordings.lines("rsvps-2015-03-08")
        let server = try #require(TestEngine.server)
        let location = PostgreSQLLocation(
            address: try PostgreSQLAddress(server), schema: "test_" + UUID().uuidString.lowercased())
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for device in 0..<4 {
                tasks.addTask {
                    let test = try TestWarehouse(.postgresql(location), plan)
                    var merged = 0
                    for part in 0..<5 {
                        // Each device has three fifths of all, beginning elsewhere.
                        let mine = lines.indices.filter { ($0 + device * 7 + part) % 5 < 3 }.map { lines[$0] }
                        let share = mine[mine.count * part / 5..<mine.count * (part + 1) / 5]
                        let batch = try test.batch(share, device: "d\(device)", sequence: Int64(part + 1))
                        merged += try test.warehouse.merge([batch]).outcomes.filter { $0 == .merged }.count
                    }
                    return merged
                }
            }
            var merged = 0
            for try await count in tasks { merged += count }
            #expect(merged == 20)
        }
        let test = try TestWarehouse(.postgresql(location), plan)
        #expect(try test.warehouse.watermark == 20)
        _ = try test.warehouse.merge([test.batch(lines, device: "last", sequence: 1)])
        #expect(try test.digests == Recordings.digests("rsvps-2015-03-08"))
        try test.expectSound()
        let revisions = try test.warehouse.query("SELECT count(*) FROM rsvp_revisions").rows
        #expect(try test.warehouse.counters(stream: "rsvps").revisions == revisions[0][0].integer)
        try test.execute("DROP SCHEMA \"\(location.schema)\" CASCADE")
    }

    @Test func aQueryHasNoWayRoundItsLimits() throws {
        try TestWarehouse.with(Recordings.plan(), on: .postgresql) { test in
            for sql in [
                "SELECT set_config('statement_timeout', '0', false), pg_sleep(600)",
                "SELECT pg_advisory_lock(1463900499, hashtext(current_schema())), pg_sleep(600)",
            ] {
                let error = #expect(throws: WarehouseError.self) {
                    try test.warehouse.query(sql, timeLimit: .milliseconds(100))
                }
                guard case .timeLimit = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
            let report = try test.warehouse.merge([test.batch([], sequence: 1)])
            #expect(report.outcomes == [.merged])
        }
    }

    @Test func aRoleThatMayDoAnythingIsNotLetAsk() throws {
        try TestWarehouse.withSchema { location in
            var powerful = location
            powerful.queryAddress = try PostgreSQLAddress("\(location.address.text) user=postgres")
            let test = try TestWarehouse(.postgresql(powerful), Recordings.plan())
            let error = #expect(throws: WarehouseError.self) {
                try test.warehouse.query("SELECT pg_read_file('/etc/passwd')")
            }
            #expect(error?.description.contains("query-connection") == true)
        }
    }

    @Test func valuesOfAQueryHaveTheirKinds() throws {
        try TestWarehouse.with(Recordings.plan(), on: .postgresql) { test in
            let result = try test.warehouse.query(
                """
                SELECT 1 AS a, 2.5::numeric AS b, 3::numeric AS c, -0.5::float8 AS d, 4::float8 AS e, true AS f,
                'é' AS g, NULL AS h, '\\x00ff'::bytea AS i, date '2020-01-02' AS j
                """)
            #expect(result.columns == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
            #expect(
                result.rows == [
                    [
                        1, .real(2.5), 3, .real(-0.5), .real(4), "true", "é", nil, .blob([0, 255]), "2020-01-02",
                    ]
                ])
            #expect(try test.warehouse.query("SELECT 1 AS one WHERE false").columns == ["one"])
        }
    }
}
