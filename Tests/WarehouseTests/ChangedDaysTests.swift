import Foundation
import StreamDefinition
import Testing

@testable import Warehouse

/// What a merge says it has changed covers all that it has changed.
@Suite struct ChangedDaysTests {
    private struct Place: Hashable {
        let table: String
        let day: Int64
    }

    /// The rows of each day of each table.
    private func contents(_ warehouse: any Warehouse) throws -> [Place: Set<[WarehouseValue]>] {
        var contents: [Place: Set<[WarehouseValue]>] = [:]
        for plan in warehouse.plans {
            for table in plan.tables {
                let time = plan.eventTime(of: table).flatMap { time in table.columns.firstIndex { $0 == time } }
                try warehouse.forEachRow(of: table) { row in
                    let day = time.map { UTCDays(plan.unit).number(of: row.integer($0)) } ?? ChangedDays.wholeTable
                    let values = table.columns.indices.map { row.value($0) }
                    contents[Place(table: table.name, day: day), default: []].insert(values)
                }
            }
        }
        return contents
    }

    private func marked(_ warehouse: any Warehouse, after watermark: Int64) throws -> Set<Place> {
        var places: Set<Place> = []
        try warehouse.forEachRow(
            "SELECT table_name, day FROM changed_days WHERE watermark > $1", [.integer(watermark)]
        ) { row in
            places.insert(Place(table: row.value(0).text ?? "", day: row.integer(1)))
        }
        return places
    }

    /// Messages whose few times lie around a midnight.
    private func lines(_ seed: UInt64) throws -> [String] {
        var tricky = TrickyMessages(random: SeededGenerator(seed: seed))
        return try (0..<60).map { _ in
            let line = tricky.message()
            let time = try #require(line.firstMatch(of: /"mtime":(\d+)/))
            let moment = try #require(Int64(time.1)) - 2000 + 17_000 * UTCDays.milliseconds
            return line.replacing(time.0, with: "\"mtime\":\(moment)")
        }
    }

    @Test(arguments: TestEngine.runs(24))
    func whateverAMergeChangesIsMarked(run: TestRun) throws {
        let (engine, seed) = (run.engine, run.seed)
        let lines = try lines(seed)
        let size = seed.isMultiple(of: 2) ? 1 : 4
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            var before = try contents(test.warehouse)
            for start in stride(from: 0, to: lines.count, by: size) {
                let watermark = try test.warehouse.watermark
                _ = try test.warehouse.merge([test.batch(lines[start..<start + size], sequence: Int64(start + 1))])
                let after = try contents(test.warehouse)
                let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
                let marked = try marked(test.warehouse, after: watermark)
                #expect(changed.isSubset(of: marked), "seed \(seed), from \(start)")
                before = after
            }
            #expect(before.keys.contains(Place(table: "rsvp_revisions", day: 16_999)))
            #expect(before.keys.contains(Place(table: "rsvp_revisions", day: 17_000)))
        }
    }

    @Test(arguments: TestEngine.available)
    func messagesThatAreKnownMarkNothing(engine: TestEngine) throws {
        let lines = try Recordings.lines("rsvps-2015-03-08").prefix(300)
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            #expect(try !marked(test.warehouse, after: 0).isEmpty)
            _ = try test.warehouse.merge([test.batch(lines.shuffled(), sequence: 2)])
            #expect(try test.warehouse.watermark == 2)
            #expect(try marked(test.warehouse, after: 1) == [])
        }
    }

    /// The echo of the old day goes, and the latest row comes back from that day to the one before.
    @Test(arguments: TestEngine.available)
    func anEchoThatIsTakenAwayMarksItsDayToo(engine: TestEngine) throws {
        let midnight = 17_000 * UTCDays.milliseconds
        let lines = [midnight, midnight - 300].map { time in
            """
            {"rsvp_id":1,"mtime":\(time),"response":"yes","guests":0,"visibility":"public","member":{"member_id":1},\
            "group":{"group_id":1},"event":{"event_id":"1"}}
            """
        }
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch([lines[0]], sequence: 1)])
            _ = try test.warehouse.merge([test.batch([lines[1]], sequence: 2)])
            let days = ["rsvps", "rsvp_revisions"].flatMap { table in
                [16_999, 17_000].map { Place(table: table, day: $0) }
            }
            #expect(try marked(test.warehouse, after: 1) == Set(days))
        }
    }

    @Test(arguments: zip(TimeUnit.allCases, [86_400_000, 86_400])) func aTimeIsOfItsDayOrOfNone(
        unit: TimeUnit, length: Int64
    ) {
        let days = UTCDays(unit)
        #expect(days.number(of: 0) == 0)
        #expect(days.number(of: -1) == -1)
        #expect(days.number(of: length - 1) == 0)
        #expect(days.times(of: 16_501...16_502) == 16_501 * length..<16_503 * length)
        let (first, last) = (UTCDays.range.lowerBound, UTCDays.range.upperBound)
        #expect(days.number(of: first * length) == first)
        #expect(days.number(of: first * length - 1) == UTCDays.none)
        #expect(days.number(of: (last + 1) * length - 1) == last)
        #expect(days.number(of: (last + 1) * length) == UTCDays.none)
        for time in [Int64.min, .max] { #expect(days.number(of: time) == UTCDays.none) }
    }
}
