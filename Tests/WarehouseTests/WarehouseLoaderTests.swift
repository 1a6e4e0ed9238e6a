import StreamDefinition
import Testing

@testable import Warehouse

/// Tables that are filled equal those that are merged into, however the batches are put together.
@Suite struct WarehouseLoaderTests {
    /// Batches of those lines, of which so many are folded together.
    private static func contributions(
        _ test: TestWarehouse, _ lines: [String], batch: Int, together: Int
    ) throws -> [BatchContribution] {
        try stride(from: 0, to: lines.count, by: batch * together).map { start in
            let end = min(start + batch * together, lines.count)
            var whole = try test.batch(lines[start..<end], sequence: Int64(start + 1), knowsObjects: true)
            let rest = Array(stride(from: start + batch, to: end, by: batch))
            whole.entry.events -= Int64(rest.count)
            whole.others = rest.map { first in
                var entry = whole.entry
                (entry.sequence, entry.events, entry.malformed) = (Int64(first + 1), 1, 0)
                entry.rawKey = "raw/\(first + 1)"
                return entry
            }
            return whole
        }
    }

    @Test(arguments: TestEngine.runs(9))
    func anyBatchingGivesTheOraclesTables(run: TestRun) throws {
        var tricky = TrickyMessages(random: SeededGenerator(seed: run.seed))
        var lines = (0..<Int.random(in: 1...120, using: &tricky.random)).map { _ in tricky.message() }
        for _ in 0..<lines.count { lines.append(tricky.pick(lines)) }
        let expected = try Recordings.oracle(lines)
        let plan = try Recordings.plan()
        for (batch, together) in [(1, 1), (5, 3), (lines.count, 1)] {
            try TestWarehouse.withLocation(on: run.engine) { location in
                let loader = try location.loader([plan])
                for contribution in try TestWarehouse.withLocation(
                    on: .sqlite,
                    { place in
                        try Self.contributions(TestWarehouse(place, plan), lines, batch: batch, together: together)
                    })
                {
                    #expect(try loader.add([contribution]) == [.merged])
                    if Bool.random(using: &tricky.random) { try loader.commit() }
                }
                try loader.finish()
                let test = try TestWarehouse(location, plan)
                #expect(try test.digests == expected, "seed \(run.seed), batches of \(batch)")
                try test.expectSound()
                let counters = try test.warehouse.counters(stream: "rsvps")
                let rows = try test.warehouse.query("SELECT response, count(*) FROM rsvp_revisions GROUP BY 1").rows
                #expect(counters.split == Dictionary(rows.map { ($0[0].text ?? "", $0[1].integer ?? 0) }) { $1 })
                #expect(counters.events == Int64(lines.count))
            }
        }
    }

    @Test(arguments: TestEngine.available)
    func batchesFoldedTogetherWithAMergedOneAreRefusedAsAWhole(engine: TestEngine) throws {
        let plan = try Recordings.plan()
        let lines = Array(try Recordings.lines("rsvps-2017-03-19").prefix(30))
        try TestWarehouse.withLocation(on: engine) { location in
            let first: BatchContribution
            var both: BatchContribution
            let before: String
            do {
                let test = try TestWarehouse(location, plan)
                first = try test.batch(lines[..<10], sequence: 2)
                _ = try test.warehouse.merge([first])
                before = try test.digests
                both = try test.batch(lines[10...], sequence: 1)
                both.others = [first.entry]
                #expect(throws: WarehouseError.self) { _ = try test.warehouse.merge([both]) }
                #expect(try test.digests == before)
                #expect(try test.warehouse.ledgerEntry(device: "device", epoch: 1, sequence: 1) == nil)
            }
            let loader = try location.loader([plan])
            #expect(throws: WarehouseError.self) { _ = try loader.add([both]) }
            #expect(try loader.add([first]) == [.duplicate])
            #expect(try loader.rawKey(device: "device", epoch: 1, sequence: 2) == first.entry.rawKey)
            try loader.finish()
            #expect(try TestWarehouse(location, plan).digests == before)
        }
    }

    /// What was added and not committed is gone with the process, what was committed is not.
    @Test func aLoadThatIsCutOffIsGoneOnWith() throws {
        let plan = try Recordings.plan()
        let lines = Array(try Recordings.lines("rsvps-2017-03-19").prefix(60))
        try TestWarehouse.withLocation(on: .sqlite) { location in
            let batches = try TestWarehouse.withLocation(on: .sqlite) { place in
                try Self.contributions(TestWarehouse(place, plan), lines, batch: 20, together: 1)
            }
            do {
                let cutOff = try location.loader([plan])
                _ = try cutOff.add([batches[0]])
                try cutOff.commit()
                _ = try cutOff.add([batches[1]])
            }
            let second = try location.loader([plan])
            #expect(try second.rawKey(device: "device", epoch: 1, sequence: 1) != nil)
            #expect(try second.rawKey(device: "device", epoch: 1, sequence: 21) == nil)
            #expect(try second.add(batches) == [.duplicate, .merged, .merged])
            try second.finish()
            #expect(try TestWarehouse(location, plan).digests == Recordings.oracle(lines))
        }
    }
}
