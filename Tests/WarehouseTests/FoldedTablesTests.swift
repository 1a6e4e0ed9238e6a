import JSON
import StreamDefinition
import Testing

@testable import Warehouse

/// Tables made of records hold what a warehouse holds that has merged the same messages.
@Suite struct FoldedTablesTests {
    /// Folds lines in shares, and hands over the tables.
    private static func fold(
        _ lines: [String], _ plan: StreamPlan, shares: Int = 1, limits: FoldLimits = FoldLimits(),
        forgotten: [String: ForgottenSubjects] = [:], _ body: (FoldedTables) throws -> Void
    ) throws {
        try TemporaryFolder.with { folder in
            let parser = try JSONParser()
            let messages = try (0..<shares).map { share in
                let folder = MessageFolder([plan], in: folder.path, limits: limits, forgotten: forgotten)
                for index in lines.indices where index % shares == share {
                    try folder.add(stream: plan.name) { add in
                        do {
                            try parser.parse(Array(lines[index].utf8)) { try add($0) }
                        } catch is MappingError {
                            // Refused, as a merge refuses it.
                        }
                    }
                }
                return try folder.finish()
            }
            try body(FoldedTables(messages, plans: [plan], in: folder.path, limits: limits))
        }
    }

    /// A table's rows, in an order of their own.
    private static func rows(
        _ table: TablePlan, _ forEachRow: (TablePlan, (any WarehouseRow) throws -> Void) throws -> Void
    ) throws -> [String] {
        var rows: [String] = []
        try forEachRow(table) { row in rows.append("\(table.columns.indices.map { row.value($0) })") }
        return rows.sorted()
    }

    private static func expectSame(
        _ tables: FoldedTables, as test: TestWarehouse, _ comment: Comment? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        for table in test.plan.tables {
            let expected = try rows(table) { try test.warehouse.forEachRow(of: $0, $1) }
            let found = try rows(table) { try tables.forEachRow(of: $0, $1) }
            #expect(found == expected, comment, sourceLocation: location)
        }
    }

    private static func limits(known: Int, block: Int) -> FoldLimits {
        var limits = FoldLimits()
        (limits.known, limits.block) = (known, block)
        return limits
    }

    @Test(arguments: AnyStreamTests.files, 1...8 as ClosedRange<UInt64>)
    func anySharesOrderAndMemoryGiveTheWarehousesTables(file: String, seed: UInt64) throws {
        let plan = try StreamPlan.load(file: Recordings.package.appending(path: file).path)
        var tricky = TrickyStream(plan, random: SeededGenerator(seed: seed))
        var lines = (0..<Int.random(in: 20...150, using: &tricky.random)).map { _ in tricky.message() }
        for _ in 0..<lines.count / 4 { lines.append(tricky.pick(lines)) }
        try TestWarehouse.with(plan, on: .sqlite) { test in
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            for (shares, limits) in [
                (1, FoldLimits()), (3, Self.limits(known: 2000, block: 500)), (2, Self.limits(known: 0, block: 1)),
            ] {
                lines.shuffle(using: &tricky.random)
                try Self.fold(lines, plan, shares: shares, limits: limits) {
                    try Self.expectSame($0, as: test, "seed \(seed), \(shares) shares")
                }
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func messagesMadeToCollideGiveTheWarehousesTables(seed: UInt64) throws {
        let plan = try Recordings.plan()
        var tricky = TrickyMessages(random: SeededGenerator(seed: seed))
        let lines = (0..<200).map { _ in tricky.message() }
        try TestWarehouse.with(plan, on: .sqlite) { test in
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            try Self.fold(lines, plan, shares: 2, limits: Self.limits(known: 3000, block: 2000)) {
                try Self.expectSame($0, as: test, "seed \(seed)")
            }
        }
    }

    @Test(arguments: Recordings.names) func aRecordingGivesTheWarehousesTables(name: String) throws {
        let (plan, lines) = (try Recordings.plan(), try Recordings.lines(name))
        try TestWarehouse.with(plan, on: .sqlite) { test in
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            try Self.fold(lines, plan, shares: 2) { try Self.expectSame($0, as: test) }
        }
    }

    /// Whoever is forgotten has no rows; what others' messages say stays.
    @Test func theForgottenHaveNoRows() throws {
        let plan = try Recordings.plan()
        let lines = [(1, 7), (2, 8), (3, 7)].map { rsvp, member in
            """
            {"rsvp_id":\(rsvp),"mtime":100\(rsvp),"response":"yes","guests":0,"visibility":"public",\
            "member":{"member_id":\(member),"other_services":{"x":{"identifier":"i"}}},\
            "group":{"group_id":1},"event":{"event_id":"1"}}
            """
        }
        let hasher = SubjectHasher(key: Array(repeating: 1, count: SubjectHasher.keyBytes))
        let digests: Set = [hasher.digest(of: "7", "member")]
        try TestWarehouse.with(plan, on: .sqlite) { test in
            _ = try test.warehouse.forget(digests, "member", hasher: hasher)
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            let forgotten = try #require(ForgottenSubjects(of: plan, digests: digests, hasher: hasher))
            try Self.fold(lines, plan, forgotten: [plan.name: forgotten]) { tables in
                try Self.expectSame(tables, as: test)
                let members = try #require(plan.table("members"))
                #expect(try Self.rows(members) { try tables.forEachRow(of: $0, $1) }.count == 1)
            }
        }
    }

    /// Of equal rows of one time each table's greatest list counts.
    @Test func tablesKeptWithTheSameOwnerAreDecidedEachForItself() throws {
        let file = """
            {"stream":"s","version":1,"source":{"url":"wss://localhost/","transport":"websocket","silence":"60 s"},
             "event":{"identity":"id","time":"at"},"tables":[
              {"name":"things","keep":"newest","key":["thing"],"columns":[
                {"name":"thing","type":"integer","path":"thing.id"}]},
              {"name":"reds","keep":"with","of":"things","each":"thing.reds","key":["thing","red"],"columns":[
                {"name":"thing","type":"integer","path":"thing.id","references":"things"},
                {"name":"red","type":"text","path":"@"}]},
              {"name":"blues","keep":"with","of":"things","each":"thing.blues","key":["thing","blue"],"columns":[
                {"name":"thing","type":"integer","path":"thing.id","references":"things"},
                {"name":"blue","type":"text","path":"@"}]}]}
            """
        let plan = try StreamPlan(json: Array(file.utf8), source: "s.json")
        let lines = [(["a"], ["z"]), (["b"], ["y"])].map { reds, blues in
            #"{"id":1,"at":1000,"thing":{"id":5,"reds":\#(reds),"blues":\#(blues)}}"#
        }
        try TestWarehouse.with(plan, on: .sqlite) { test in
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            try Self.fold(lines, plan, shares: 2) { try Self.expectSame($0, as: test) }
        }
    }
}
