import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct SpoolOverflowTests {
    private static let quota = 8 << 20

    private static func open() throws -> (spool: Spool, fixture: SpoolFixture) {
        var settings = SpoolSettings()
        settings.quotaBytes = quota
        let fixture = try SpoolFixture(settings: settings)
        let spool = try SpoolOpening(
            state: fixture.folder.state, settings: settings, identity: SpoolFixture.identity,
            streams: SpoolDiskModel.names
        ).open(at: fixture.moment)
        #expect(try spool.adopt(epoch: 1))
        return (spool, fixture)
    }

    /// Appends lines of 1,000 bytes that do not compress, numbered by their times.
    private static func fill(
        _ spool: Spool, _ fixture: inout SpoolFixture, _ stream: String, lines: Range<Int>
    ) throws {
        var random = SeededGenerator(seed: UInt64(lines.lowerBound))
        for number in lines {
            try random.noise(999).withUnsafeBytes {
                try spool.append(
                    $0, to: stream, time: SpoolFixture.start + Int64(number), at: fixture.moment)
            }
            guard number % 100 == 99 else { continue }
            fixture.advance(.milliseconds(100))
            try spool.tick(at: fixture.moment)
        }
    }

    /// What of the stream is in sealed batches, and what their manifests declare missing.
    private static func count(_ spool: Spool, _ stream: String, at moment: Moment) throws -> (kept: Int64, gaps: Gap?) {
        let manifests = try spool.sealedBatches(at: moment).map(\.manifest).filter { $0.stream == stream }
        var gap: Gap?
        for declared in manifests.flatMap(\.gaps) {
            #expect(declared.reason == "quota")
            if gap?.merge(declared) == nil { gap = declared }
        }
        return (manifests.reduce(0) { $0 + $1.events }, gap)
    }

    @Test func oldestBatchesMakeRoomAndAreDeclared() throws {
        var (spool, fixture) = try Self.open()
        let stream = SpoolFixture.stream
        spool.setOverflow(.dropOldest, of: stream)
        try Self.fill(spool, &fixture, stream, lines: 0..<10_000)
        #expect(spool.accepts(stream))
        #expect(try spool.usedBytes() <= Self.quota)
        try spool.closeAll(at: fixture.moment)
        let (kept, gap) = try Self.count(spool, stream, at: fixture.moment)
        let carried = try #require(gap)
        let waiting =
            try spool.database.prepare("SELECT coalesce(sum(events), 0) FROM gaps WHERE batch IS NULL")
            .firstRow()?[0].integer ?? 0
        #expect(kept + carried.events + waiting == 10_000)
        #expect(carried.fromMilliseconds == SpoolFixture.start)
        let manifests = try spool.sealedBatches(at: fixture.moment).map(\.manifest)
        #expect(try #require(manifests.first).identity.sequence > 1, "the names of the dropped batches stay used")
        for (previous, next) in zip(manifests, manifests.dropFirst()) { #expect(next.previous == previous.sha256) }
        #expect(spool.backlog.batches == manifests.count)
    }

    @Test func batchUnderWayIsNotDropped() throws {
        var (spool, fixture) = try Self.open()
        let stream = SpoolFixture.stream
        spool.setOverflow(.dropOldest, of: stream)
        try Self.fill(spool, &fixture, stream, lines: 0..<1000)
        let first = try #require(try spool.sealedBatches(at: fixture.moment, limit: 1).first)
        spool.isTravelling = { $0 == first.row }
        try Self.fill(spool, &fixture, stream, lines: 1000..<10_000)
        let receipt = spool.receipt(for: first.manifest, at: fixture.moment)
        #expect(try spool.acknowledge(first.row, receipt, at: fixture.moment))
        let gaps = try Self.count(spool, stream, at: fixture.moment).gaps
        #expect(gaps?.fromMilliseconds == SpoolFixture.start + first.manifest.events, "the second batch is the oldest")
    }

    @Test func newestEventsAreDroppedUntilATenthIsFree() throws {
        var (spool, fixture) = try Self.open()
        let stream = SpoolFixture.stream
        spool.setOverflow(.dropNewest, of: stream)
        try Self.fill(spool, &fixture, stream, lines: 0..<10_000)
        #expect(spool.accepts(stream))
        #expect(try spool.usedBytes() <= Self.quota)
        #expect(spool.resumePoint(of: stream) == SpoolFixture.start + 9999, "what is dropped is not asked for again")
        let dropped = try #require(spool.missing[Spool.Missing(stream: stream, reason: "quota")]?.events)
        while spool.isOverQuota {
            let batch = try #require(try spool.sealedBatches(at: fixture.moment, limit: 1).first)
            let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
            #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
            fixture.advance(.seconds(1))
            try spool.tick(at: fixture.moment)
        }
        try fixture.append([10_000], to: spool)
        try spool.closeAll(at: fixture.moment)
        let last = try #require(try spool.sealedBatches(at: fixture.moment).last?.manifest)
        #expect(last.gaps.map(\.events) == [dropped])
        #expect(last.gaps.first?.toMilliseconds == SpoolFixture.start + 9999)
    }

    @Test func streamWithNothingToDropLosesItsNewestWhileTheOtherWaits() throws {
        var (spool, fixture) = try Self.open()
        let (patient, hasty) = (SpoolDiskModel.names[0], SpoolDiskModel.names[1])
        spool.setOverflow(.dropOldest, of: hasty)
        var next = 0
        while spool.accepts(patient) {
            try Self.fill(spool, &fixture, patient, lines: next..<next + 100)
            next += 100
        }
        #expect(spool.accepts(hasty) && !spool.isAccepting)
        try Self.fill(spool, &fixture, hasty, lines: 0..<1000)
        #expect(try spool.usedBytes() <= Self.quota)
        try spool.closeAll(at: fixture.moment)
        #expect(try Self.count(spool, patient, at: fixture.moment).kept == Int64(next))
        let declared =
            try spool.database.prepare("SELECT sum(events) FROM gaps WHERE stream = ?")
            .firstRow([.text(hasty)])?[0].integer ?? 0
        #expect(try Self.count(spool, hasty, at: fixture.moment).kept + declared == 1000)
    }
}
