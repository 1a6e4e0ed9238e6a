import PostgreSQL
import Testing

@testable import Warehouse

@Suite(.enabled(if: TestEngine.server != nil, "needs a server, which provisioning/test starts"))
struct PostgreSQLSchemaTests {
    private static func layout(_ steps: [String]) -> WarehouseLayout {
        WarehouseLayout(
            steps: WarehouseLayout.current.steps + steps.map { sql in .init(name: "more") { _ in [sql] } })
    }

    private func prepare(
        _ location: PostgreSQLLocation, _ layout: WarehouseLayout, _ access: WarehouseAccess = .readWrite
    ) throws {
        let session = try PostgreSQLSession(location, access: access)
        try PostgreSQLSchema(connection: session.connection, location: location, layout: layout)
            .prepare([], access: access)
    }

    private func read(_ location: PostgreSQLLocation, _ sql: String) throws -> Int64 {
        try PostgreSQLSession(location, access: .readOnly).connection.run(sql).integer(0, 0)
    }

    @Test func stepsThatAreMissingAreTakenOnceAndInTheirOrder() throws {
        try TestWarehouse.withSchema { location in
            try prepare(location, .current)
            let more = Self.layout(["CREATE TABLE more (a bigint)", "INSERT INTO more VALUES (1)"])
            for _ in 1...2 { try prepare(location, more) }
            #expect(try read(location, "SELECT number FROM layout") == WarehouseLayout.current.number + 2)
            #expect(try read(location, "SELECT count(*) FROM more") == 1)
        }
    }

    @Test func aStepThatFailsLeavesTheLayoutBeforeIt() throws {
        try TestWarehouse.withSchema { location in
            let broken = Self.layout([
                "CREATE TABLE more (a bigint)", "CREATE TABLE other (a bigint); INSERT INTO nowhere VALUES (1)",
            ])
            #expect(throws: PostgreSQLError.self) { try prepare(location, broken) }
            let number = try read(location, "SELECT number FROM layout")
            #expect(number == WarehouseLayout.current.number + 1)
            #expect(try read(location, "SELECT count(to_regclass('other'))") == 0)
        }
    }

    @Test func anOlderLayoutIsNotBroughtUpToDateByReading() throws {
        try TestWarehouse.withSchema { location in
            try prepare(location, .current)
            let error = #expect(throws: WarehouseError.self) {
                try prepare(location, Self.layout(["CREATE TABLE more (a bigint)"]), .readOnly)
            }
            #expect(error?.description.contains("start 'waystation-cloud serve' once") == true)
        }
    }

    @Test func whereNothingIsYetReadingSaysSo() throws {
        try TestWarehouse.withSchema { location in
            let error = #expect(throws: WarehouseError.self) { try prepare(location, .current, .readOnly) }
            #expect(error?.description.contains("no warehouse in") == true)
        }
    }

    @Test(arguments: [WarehouseAccess.readOnly, .readWrite])
    func aNewerLayoutIsRefusedWithWhatToDo(access: WarehouseAccess) throws {
        try TestWarehouse.withSchema { location in
            try prepare(location, .current)
            try PostgreSQLSession(location, access: .readWrite).connection.execute("UPDATE layout SET number = 99")
            let error = #expect(throws: WarehouseError.self) { try prepare(location, .current, access) }
            #expect(error?.description.contains("layout 99") == true)
            #expect(error?.description.contains("install that version again") == true)
        }
    }

    @Test(arguments: ["CREATE TABLE mine (a bigint)", "CREATE TABLE layout (number bigint)"])
    func anotherSchemaIsNotWrittenInto(sql: String) throws {
        try TestWarehouse.withSchema { location in
            let session = try PostgreSQLSession(location, access: .readWrite)
            try session.connection.execute("CREATE SCHEMA \"\(location.schema)\"; \(sql)")
            let error = #expect(throws: WarehouseError.self) { try prepare(location, .current) }
            #expect(error?.description.contains("something else than a warehouse") == true)
        }
    }

    @Test func aTableThatWasChangedByHandIsRefused() throws {
        try TestWarehouse.withSchema { location in
            let test = try TestWarehouse(.postgresql(location), Recordings.plan())
            try test.execute("ALTER TABLE members DROP COLUMN photo")
            let error = #expect(throws: WarehouseError.self) {
                try WarehouseLocation.postgresql(location).open([test.plan], access: .readOnly)
            }
            #expect(error?.description.contains("'members' differs") == true)
        }
    }

    @Test func newTablesTakeTheOldOnesPlaceInOneStep() throws {
        try TestWarehouse.withSchema { location in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            let place = WarehouseLocation.postgresql(location)
            let old = try TestWarehouse(place, Recordings.plan())
            _ = try old.warehouse.merge([old.batch(lines.prefix(5), sequence: 1)])
            let new = try TestWarehouse(place.replacement, Recordings.plan())
            _ = try new.warehouse.merge([new.batch(lines, sequence: 1)])
            try place.acceptReplacement()
            #expect(try old.digests == Recordings.digests("rsvps-2017-03-19"))
            try place.replacement.remove()
            try place.remove()
            #expect(throws: WarehouseError.self) { try place.open([old.plan], access: .readOnly) }
        }
    }

    @Test func aSchemaThatIsNoWarehouseIsNotRemoved() throws {
        try TestWarehouse.withSchema { location in
            let session = try PostgreSQLSession(location, access: .readWrite)
            try session.connection.execute("CREATE SCHEMA \"\(location.schema)\"; CREATE TABLE mine (a bigint)")
            for step in [WarehouseLocation.remove, WarehouseLocation.acceptReplacement] {
                #expect(throws: WarehouseError.self) { try step(.postgresql(location))() }
            }
            #expect(try read(location, "SELECT count(to_regclass('mine'))") == 1)
        }
    }

    @Test func twoOpenersMakeOneWarehouse() async throws {
        let server = try #require(TestEngine.server)
        let location = PostgreSQLLocation(address: try PostgreSQLAddress(server), schema: "test_two_openers")
        let plan = try Recordings.plan()
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 1...4 {
                tasks.addTask {
                    try WarehouseLocation.postgresql(location).open([plan], access: .readWrite).digests().count
                }
            }
            for try await tables in tasks { #expect(tables == plan.tables.count) }
        }
        try PostgreSQLConnection(location.address).execute("DROP SCHEMA test_two_openers CASCADE")
    }
}
