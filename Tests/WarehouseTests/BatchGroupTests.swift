import StreamDefinition
import Testing

@testable import Warehouse

/// Batches that are joined before the ledger is asked which of them are new.
@Suite struct BatchGroupTests {
    /// A warehouse of meetings, messages for it, and batches of ten.
    private struct Site {
        let test: TestWarehouse
        let lines: [String]

        func batch(_ number: Int, manifest: String? = nil) throws -> BatchContribution {
            try test.batch(lines[number * 10..<(number + 1) * 10], sequence: Int64(number + 1), manifest: manifest)
        }

        /// Fails where the tables and counters are other than those of these batches alone, each in a merge of its own.
        func expect(onlyBatches numbers: [Int], _ location: SourceLocation = #_sourceLocation) throws {
            let expected = try Recordings.oracle(numbers.flatMap { lines[$0 * 10..<($0 + 1) * 10] })
            #expect(try test.digests == expected, sourceLocation: location)
            #expect(
                try test.warehouse.counters(stream: "rsvps").events == Int64(numbers.count * 10),
                sourceLocation: location)
            try test.expectSound(location)
        }
    }

    private func withSite(_ engine: TestEngine, _ body: (Site) throws -> Void) throws {
        var tricky = TrickyMessages(random: SeededGenerator(seed: 11))
        let lines = (0..<60).map { _ in tricky.message() }
        try TestWarehouse.with(Recordings.plan(), on: engine) { try body(Site(test: $0, lines: lines)) }
    }

    /// A group whose batches are sorted as they come, as the queue does it.
    private func group(_ contributions: [BatchContribution]) -> BatchGroup {
        var group = BatchGroup()
        for contribution in contributions {
            group.add(contribution)
            group.sort()
        }
        return group
    }

    @Test(arguments: TestEngine.available)
    func newBatchesAreMergedAsTheyWereJoined(engine: TestEngine) throws {
        try withSite(engine) { site in
            let report = try site.test.warehouse.merge(group((0..<6).map { try site.batch($0) }))
            #expect(report.outcomes == Array(repeating: .merged, count: 6))
            try site.expect(onlyBatches: Array(0..<6))
        }
    }

    @Test(arguments: TestEngine.available)
    func aRepetitionInAGroupChangesNothing(engine: TestEngine) throws {
        try withSite(engine) { site in
            _ = try site.test.warehouse.merge(group([site.batch(1)]))
            let report = try site.test.warehouse.merge(group([0, 1, 2, 2].map { try site.batch($0) }))
            #expect(report.outcomes == [.merged, .duplicate, .merged, .duplicate])
            try site.expect(onlyBatches: [0, 1, 2])
        }
    }

    @Test(arguments: TestEngine.available)
    func aConflictInAGroupIsNotMergedWithIt(engine: TestEngine) throws {
        try withSite(engine) { site in
            var other = try site.batch(5, manifest: "{\"other\":true}")
            other.entry.sequence = 2
            let report = try site.test.warehouse.merge(group([site.batch(1), other, site.batch(0)]))
            #expect(report.outcomes == [.merged, .conflict, .merged])
            try site.expect(onlyBatches: [0, 1])
        }
    }

    @Test(arguments: TestEngine.available)
    func aGroupOfRepetitionsIsNoCommit(engine: TestEngine) throws {
        try withSite(engine) { site in
            let known = try group([0, 1].map { try site.batch($0) })
            #expect(try site.test.warehouse.merge(known).watermark == 1)
            let report = try site.test.warehouse.merge(known)
            #expect(report.outcomes == [.duplicate, .duplicate] && report.watermark == 1)
            try site.expect(onlyBatches: [0, 1])
        }
    }

    @Test(arguments: TestEngine.available)
    func batchesOfSeveralStreamsAreJoinedApart(engine: TestEngine) throws {
        let weather = try OtherStream.plan()
        try withSite(engine) { site in
            try TestWarehouse.withLocation(on: engine) { location in
                let warehouse = try location.open([site.test.plan, weather], access: .readWrite)
                let other = try TestWarehouse.withLocation(on: engine) { place in
                    try TestWarehouse(place, weather).batch(
                        OtherStreamTests.lines, device: "thermometer", sequence: 1)
                }
                let report = try warehouse.merge(group([site.batch(0), other, site.batch(1)]))
                #expect(report.outcomes == [.merged, .merged, .merged])
                #expect(try warehouse.counters(stream: "rsvps").events == 20)
                #expect(try warehouse.counters(stream: weather.name).events == Int64(OtherStreamTests.lines.count))
                _ = try site.test.warehouse.merge([site.batch(0), site.batch(1)])
                let tables = Set(site.test.plan.tables.map(\.name))
                #expect(
                    try warehouse.digests().filter { tables.contains($0.name) } == site.test.warehouse.digests())
            }
        }
    }

    @Test(arguments: TestEngine.available)
    func whoeverIsForgottenIsLeftOutOfAJoinedGroup(engine: TestEngine) throws {
        try withSite(engine) { site in
            let hasher = SubjectHasher(key: [UInt8](repeating: 3, count: SubjectHasher.keyBytes))
            let all = try (0..<6).map { try site.batch($0) }
            var members: [String] = []
            try TestWarehouse.with(site.test.plan, on: engine) { whole in
                _ = try whole.warehouse.merge(all)
                try whole.warehouse.forEachRow("SELECT member_id FROM members ORDER BY member_id", []) {
                    members.append(String($0.integer(0)))
                }
                members = Array(members.prefix(members.count / 2))
                let digests = Set(members.map { hasher.digest(of: $0, "member") })
                _ = try site.test.warehouse.forget(digests, "member", hasher: hasher)
                _ = try whole.warehouse.forget(digests, "member", hasher: hasher)
                #expect(try site.test.warehouse.merge(group(all)).outcomes.allSatisfy { $0 == .merged })
                #expect(!members.isEmpty)
                #expect(try site.test.digests == whole.digests)
                try site.test.expectSound()
            }
        }
    }
}
