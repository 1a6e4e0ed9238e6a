import Testing

@testable import Warehouse

/// Merging is a function of the set of messages: against the oracle, on messages made to collide.
@Suite struct MergePropertyTests {
    @Test(arguments: TestEngine.runs(24))
    func anySplitOrderAndRepetitionGivesTheOraclesTables(run: TestRun) throws {
        let (engine, seed) = (run.engine, run.seed)
        var tricky = TrickyMessages(random: SeededGenerator(seed: seed))
        var lines = (0..<Int.random(in: 1...80, using: &tricky.random)).map { _ in tricky.message() }
        for _ in 0..<lines.count / 4 { lines.append(tricky.pick(lines)) }
        let expected = try Recordings.oracle(lines)
        for size in [1, 3, 20, lines.count] {
            lines.shuffle(using: &tricky.random)
            try TestWarehouse.with(Recordings.plan(), on: engine) { test in
                var sequence: Int64 = 0
                for start in stride(from: 0, to: lines.count, by: size * 3) {
                    var group: [BatchContribution] = []
                    for start in stride(from: start, to: min(start + size * 3, lines.count), by: size) {
                        sequence += 1
                        group.append(
                            try test.batch(
                                lines[start..<min(start + size, lines.count)], sequence: sequence,
                                knowsObjects: sequence.isMultiple(of: 2)))
                    }
                    _ = try test.warehouse.merge(group)
                }
                #expect(try test.digests == expected, "seed \(seed), batches of \(size)")
                try test.expectSound()
                let counters = try test.warehouse.counters(stream: "rsvps")
                #expect(counters.malformed == 0)
                let rows = try test.warehouse.query("SELECT response, count(*) FROM rsvp_revisions GROUP BY 1").rows
                #expect(counters.split == Dictionary(rows.map { ($0[0].text ?? "", $0[1].integer ?? 0) }) { $1 })
            }
        }
    }

    /// Two rounded times, each 500 ms from a precise one, in each order.
    @Test(arguments: TestEngine.available, [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func aPreciseRevisionTakesBothItsEchoesAway(engine: TestEngine, order: [Int]) throws {
        let lines = [1000, 1500, 2000].map { time in
            """
            {"rsvp_id":1,"mtime":\(time),"response":"yes","guests":0,"visibility":"public","member":{"member_id":1},\
            "group":{"group_id":1},"event":{"event_id":"1"}}
            """
        }
        for isOneBatch in [true, false] {
            try TestWarehouse.with(Recordings.plan(), on: engine) { test in
                let batches = isOneBatch ? [order] : order.map { [$0] }
                for (sequence, batch) in batches.enumerated() {
                    _ = try test.warehouse.merge([test.batch(batch.map { lines[$0] }, sequence: Int64(sequence))])
                }
                let text = try test.warehouse.canonicalText(table: "rsvp_revisions")
                #expect(String(decoding: text, as: UTF8.self) == "[1,1500,\"yes\",0,\"public\"]\n")
                let latest = try test.warehouse.canonicalText(table: "rsvps")
                #expect(String(decoding: latest, as: UTF8.self) == "[1,1,\"1\",\"yes\",0,\"public\",1500]\n")
                #expect(try test.warehouse.counters(stream: "rsvps").revisions == 1)
            }
        }
    }

    @Test(arguments: TestEngine.available)
    func mergedDeltasAreTheDeltaOfAll(engine: TestEngine) throws {
        let plan = try Recordings.plan()
        let lines = try Recordings.lines("rsvps-2017-03-19")
        let parts = try [lines[..<500], lines[500..<501], lines[501...]].map { try TestWarehouse.delta($0, plan).delta }
        var merged = MergeDelta(plan: plan)
        for part in parts.reversed() { merged.merge(part) }
        #expect(merged.messages == Int64(lines.count))
        try TestWarehouse.with(plan, on: engine) { test in
            var contribution = try test.batch([], sequence: 1)
            contribution.delta = merged
            _ = try test.warehouse.merge([contribution])
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
        }
    }
}
