import Testing

@testable import Warehouse

/// The recordings, merged in many ways, against what the oracle says of them.
@Suite struct RecordingMergeTests {
    @Test(arguments: TestEngine.available, Recordings.names)
    func aRecordingGivesTheOraclesTables(engine: TestEngine, name: String) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines(name)
            let report = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            #expect(report.outcomes == [.merged])
            #expect(try test.digests == Recordings.digests(name))
            try test.expectSound()
        }
    }

    @Test func theCommittedDigestsAreTheOracles() throws {
        for name in Recordings.names {
            #expect(try Recordings.oracle(Recordings.lines(name)) == Recordings.digests(name))
        }
        #expect(try Recordings.oracle(Recordings.names.flatMap(Recordings.lines)) == Recordings.digests("both"))
    }

    @Test(arguments: TestEngine.runs(3))
    func anyOrderRepetitionAndBatchingGivesTheSameTables(run: TestRun) throws {
        let (engine, seed) = (run.engine, run.seed)
        var random = SeededGenerator(seed: seed)
        var lines = try Recordings.names.flatMap(Recordings.lines)
        for _ in 0..<500 { lines.append(lines[Int.random(in: 0..<lines.count, using: &random)]) }
        lines.shuffle(using: &random)
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            var sequences: [String: Int64] = [:]
            var all: [BatchContribution] = []
            var rest = lines[...]
            while !rest.isEmpty {
                let device = ["a", "b", "c"].randomElement(using: &random) ?? "a"
                sequences[device, default: 0] += 1
                let part = rest.prefix(Int.random(in: 1...400, using: &random))
                rest = rest.dropFirst(part.count)
                all.append(try test.batch(part, device: device, sequence: sequences[device] ?? 0))
            }
            var queue = all + all.prefix(5)
            queue.shuffle(using: &random)
            var merged = 0
            while !queue.isEmpty {
                let group = queue.prefix(Int.random(in: 1...4, using: &random))
                queue.removeFirst(group.count)
                merged += try test.warehouse.merge(Array(group)).outcomes.filter { $0 == .merged }.count
            }
            #expect(merged == all.count)
            #expect(try test.digests == Recordings.digests("both"), "seed \(seed)")
            try test.expectSound()
            let counters = try test.warehouse.counters(stream: "rsvps")
            #expect(counters.events == Int64(lines.count))
            try expectCountersOfTables(counters, test)
        }
    }

    @Test(arguments: TestEngine.available)
    func twoEdgesWithTheSameStreamCountOnce(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            for part in 0..<4 {
                let quarter = lines[lines.count * part / 4..<lines.count * (part + 1) / 4]
                _ = try test.warehouse.merge([
                    test.batch(quarter, device: "a", sequence: Int64(part + 1)),
                    test.batch(quarter, device: "b", sequence: Int64(part + 1)),
                ])
            }
            let counters = try test.warehouse.counters(stream: "rsvps")
            #expect(counters.events == Int64(2 * lines.count))
            #expect(counters.malformed == 0)
            try expectCountersOfTables(counters, test)
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
        }
    }

    /// The counters against the tables, which know nothing of them.
    private func expectCountersOfTables(_ counters: LiveCounters, _ test: TestWarehouse) throws {
        let result = try test.warehouse.query("SELECT response, count(*) FROM rsvp_revisions GROUP BY 1")
        let split = Dictionary(uniqueKeysWithValues: result.rows.map { ($0[0].text ?? "", $0[1].integer ?? 0) })
        #expect(counters.split == split)
        #expect(counters.revisions == split.values.reduce(0, +))
        let regions = try test.warehouse.query(
            """
            SELECT group_country, count(*) FROM rsvp_revisions JOIN rsvps USING (rsvp_id) JOIN events USING (event_id)
            JOIN groups USING (group_id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
            """)
        #expect(counters.regions.map(\.value) == regions.rows.map { $0[0].text })
        #expect(counters.regions.map(\.count) == regions.rows.map { $0[1].integer })
        let topic = try #require(counters.categories.first)
        let label = try test.warehouse.query("SELECT topic_name FROM topics WHERE urlkey = '\(topic.value)'")
        #expect(topic.label == label.rows.first?.first?.text)
    }
}
