import Testing

@testable import PostgreSQL

@Suite(.enabled(if: TestServer.isThere, "needs a server, which provisioning/test starts"))
struct PostgreSQLConnectionTests {
    @Test func valuesGoThereAndBack() throws {
        let connection = try TestServer.connect()
        let row = try connection.run(
            """
            SELECT $1::bigint, $2::float8, $3::text, $4::bytea, $5::text, $6::smallint, $7::int, $8::real, $9::boolean
            """,
            [
                .integer(.min), .real(-0.1), .text("é 'x' \\ 😀"), .bytes([0, 255, 39]), .null, .integer(-7),
                .integer(1 << 30), .real(0.5), .text("t"),
            ])
        #expect(row.integer(0, 0) == .min)
        #expect(row.real(0, 1) == -0.1)
        #expect(row.withBytes(0, 2) { String(decoding: $0, as: UTF8.self) } == "é 'x' \\ 😀")
        #expect(row.withBytes(0, 3) { Array($0) } == [0, 255, 39])
        #expect(row.isNull(0, 4) && row.integer(0, 4) == 0)
        #expect(row.integer(0, 5) == -7 && row.integer(0, 6) == 1 << 30)
        #expect(row.real(0, 7) == 0.5 && row.integer(0, 8) == 1)
    }

    @Test(
        arguments: [
            "0", "1", "-1", "10000", "-99999999", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "123456.789", "0.0001", "0.00012345", "-1e30", "1e-20", "50000000", "1.0000",
        ])
    func decimalNumbersAreReadAsTheyArePrinted(text: String) throws {
        let connection = try TestServer.connect()
        let row = try connection.run("SELECT $1::numeric, $1::float8", [.text(text)])
        #expect(row.real(0, 0) == Double(text))
        if let integer = Int64(text) { #expect(row.integer(0, 0) == integer) }
    }

    @Test func aRefusalCarriesTheServersWordsAndCode() throws {
        let connection = try TestServer.connect()
        let error = #expect(throws: PostgreSQLError.self) { try connection.run("SELECT nothing FROM nowhere") }
        #expect(error?.state == "42P01" && error?.description.contains("nowhere") == true)
        #expect(error?.isUnavailable == false)
        #expect(try connection.run("SELECT 1").integer(0, 0) == 1)
    }

    @Test func rowsStreamOneByOneAndCanBeLeft() throws {
        let connection = try TestServer.connect()
        var sum: Int64 = 0
        try connection.stream("SELECT * FROM generate_series(1, 10000)") { row in
            sum += row.integer(0, 0)
            return true
        }
        #expect(sum == 50_005_000)
        var seen = 0
        try connection.stream("SELECT generate_series(1, 1000000000)") { _ in
            seen += 1
            return seen < 10
        }
        #expect(seen == 10)
        #expect(try connection.run("SELECT 2").integer(0, 0) == 2)
    }

    @Test func copiedRowsAreThere() throws {
        let connection = try TestServer.connect()
        try connection.execute("CREATE TEMP TABLE t (a bigint, b text, c float8, d int, e bytea)")
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
        try connection.copy(into: "t", columns: ["a", "b", "c", "d", "e"]) { copy in
            for number in 0..<5000 as Range<Int64> {
                copy.beginRow(fields: 5)
                copy.append(integer: number - 2500)
                Array("é\(number)".utf8).withUnsafeBufferPointer { copy.append(bytes: $0) }
                copy.append(real: Double(number) / 4)
                copy.append(shortInteger: Int32(-number))
                copy.appendNull()
            }
            copy.beginRow(fields: 5)
            for _ in 1...4 { copy.appendNull() }
            long.withUnsafeBufferPointer { copy.append(bytes: $0) }
        }
        let row = try connection.run(
            """
            SELECT count(*), sum(a), sum(c), sum(d), count(DISTINCT b), max(length(e)),
            bool_and(b = 'é' || (a + 2500)) FROM t
            """)
        #expect((0...5).map { row.integer(0, $0) } == [5001, -2500, 3_124_375, -12_497_500, 5000, 3 << 20])
        #expect(row.integer(0, 6) == 1)
    }

    @Test func aCopyThatFailsOrIsGivenUpLeavesNothing() throws {
        let connection = try TestServer.connect()
        try connection.execute("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
        let twice = #expect(throws: PostgreSQLError.self) {
            try connection.copy(into: "t", columns: ["a"]) { copy in
                for _ in 1...100_000 {
                    copy.beginRow(fields: 1)
                    copy.append(integer: 1)
                }
            }
        }
        #expect(twice?.state == "23505")
        #expect(throws: PostgreSQLError.deadline) {
            try connection.copy(into: "t", columns: ["a"]) { copy throws(PostgreSQLError) in
                copy.beginRow(fields: 1)
                copy.append(integer: 1)
                throw .deadline
            }
        }
        let nowhere = #expect(throws: PostgreSQLError.self) {
            try connection.copy(into: "none", columns: ["a"]) { _ in }
        }
        #expect(nowhere?.state == "42P01")
        #expect(try connection.run("SELECT count(*) FROM t").integer(0, 0) == 0)
    }

    @Test func aStatementIsCancelledAtItsDeadline() throws {
        let connection = try TestServer.connect()
        #expect(throws: PostgreSQLError.deadline) {
            try connection.run("SELECT pg_sleep(600)", [], PostgreSQLLimits(deadline: .now + .milliseconds(30)))
        }
        #expect(try connection.run("SELECT 3").integer(0, 0) == 3)
    }

    @Test func aHugeRowIsNotKeptInMemory() throws {
        let connection = try TestServer.connect()
        #expect(throws: PostgreSQLError.tooLarge(limit: 1 << 20)) {
            try connection.runOnce("SELECT repeat('x', 200000000)", [], PostgreSQLLimits(bytes: 1 << 20))
        }
    }

    /// Where the server sends as fast as libpq reads, all of a row may come in one reading, of which only the beginning was
    /// counted.
    @Test func aRowThatCameInOneReadingIsHeldAgainstTheLimitToo() throws {
        let connection = try TestServer.connect()
        let meter = ByteMeter(PostgreSQLLimits(bytes: 12))
        try meter.check(connection.run("SELECT 'four'::text, repeat('x', 8), NULL::text"))
        let larger = try connection.run("SELECT 'four'::text, repeat('x', 9), NULL::text")
        #expect(throws: PostgreSQLError.tooLarge(limit: 12)) { try meter.check(larger) }
    }

    @Test func aBrokenConnectionSaysSo() throws {
        let connection = try TestServer.connect()
        let number = try connection.run("SELECT pg_backend_pid()").integer(0, 0)
        let other = try TestServer.connect()
        #expect(try other.run("SELECT pg_terminate_backend($1, 5000)", [.integer(number)]).integer(0, 0) == 1)
        let error = #expect(throws: PostgreSQLError.self) { try connection.run("SELECT 1") }
        #expect(error?.isUnavailable == true)
        #expect(!connection.isAlive)
        #expect(throws: PostgreSQLError.self) { try connection.run("SELECT 1") }
    }

    @Test func warningsAreKeptAndPrintedNowhere() throws {
        let connection = try TestServer.connect()
        for number in 1...20 { try connection.execute("DO $$ BEGIN RAISE WARNING 'number \(number)'; END $$") }
        let notices = connection.takeNotices()
        #expect(notices.count == 16 && notices.last == "WARNING:  number 20")
        #expect(connection.takeNotices().isEmpty)
    }

    @Test func moreStatementsThanAreKeptCanBeRun() throws {
        let connection = try TestServer.connect()
        for number in 0..<300 as Range<Int64> {
            #expect(try connection.run("SELECT \(number) + $1::bigint", [.integer(1)]).integer(0, 0) == number + 1)
        }
        #expect(try connection.run("SELECT count(*) FROM pg_prepared_statements").integer(0, 0) < 130)
    }
}

@Suite struct PostgreSQLAddressTests {
    @Test func noPasswordIsShown() throws {
        for text in ["host=db.example port=5433 dbname=w password=secret", "postgresql://me:secret@db.example:5433/w"] {
            let address = try PostgreSQLAddress(text)
            #expect(address.description == "PostgreSQL database 'w' at db.example:5433")
        }
    }

    @Test func whatIsNoAddressIsRefused() {
        let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLAddress("hots=db.example") }
        #expect(error?.description == "the connection string cannot be read: invalid connection option \"hots\"")
    }

    @Test func aServerThatIsNotThereIsUnreachable() throws {
        let address = try PostgreSQLAddress("host=/nonexistent dbname=w")
        let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLConnection(address) }
        #expect(error?.isUnavailable == true)
    }
}
