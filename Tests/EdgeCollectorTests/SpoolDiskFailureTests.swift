import BatchFormat
import SimulatedDisk
import Testing

@testable import EdgeCollector

/// A spool on a disk of which some things fail and others go on.
@Suite struct SpoolDiskFailureTests {
    private static func open(_ disk: SimulatedDisk, streams: [String] = SpoolDiskModel.names) throws -> Spool {
        let spool = try SpoolOpening(
            state: SimulatedFolder(disk), settings: SpoolSettings(), identity: SpoolFixture.identity, streams: streams
        ).open(at: start)
        _ = try spool.adopt(epoch: 1)
        return spool
    }

    private static let start = Moment(
        monotonic: .seconds(100), milliseconds: SpoolFixture.start, clock: .synchronized)

    private static func later(_ seconds: Int) -> Moment {
        var moment = start
        moment.monotonic += .seconds(seconds)
        moment.milliseconds += Int64(seconds) * 1000
        return moment
    }

    private static func append(_ line: [UInt8], to spool: Spool, _ stream: String, at moment: Moment) throws {
        try line.withUnsafeBytes { try spool.append($0, to: stream, time: nil, at: moment) }
    }

    @Test func writeThatSucceedsDoesNotHideAnotherThatHasFailed() throws {
        let disk = SimulatedDisk()
        let spool = try Self.open(disk)
        for stream in SpoolDiskModel.names { try Self.append(Array("{}".utf8), to: spool, stream, at: Self.start) }
        disk.fault = DiskFault(.inputOutput, of: [.write])
        try spool.tick(at: Self.later(1))
        #expect(spool.writeFailure != nil, "one stream is written down, the other is not")
        try spool.tick(at: Self.later(1))
        #expect(spool.writeFailure != nil, "the next try is due after a second")
        try spool.tick(at: Self.later(2))
        #expect(spool.writeFailure == nil)
        try spool.closeAll(at: Self.later(2))
        #expect(try spool.sealedBatches(at: Self.later(2)).count == 2)
    }

    /// A disk so full that nothing but the smallest write fits lets no flush through, though other writes succeed.
    @Test func memoryStaysBoundedWhileNoFlushFits() throws {
        let disk = SimulatedDisk()
        let spool = try Self.open(disk)
        disk.fault = DiskFault(.full, of: [.write], isLasting: true)
        let stream = SpoolFixture.stream
        var random = SeededGenerator(seed: 4)
        let lines = (0..<60).map { _ in random.noise(60_000) }
        for round in 1...20 {
            for line in lines { try Self.append(line, to: spool, stream, at: Self.later(round)) }
            try spool.tick(at: Self.later(round))
            #expect(!spool.isAccepting)
            #expect(spool.batch(of: stream).memoryBytes <= Spool.memoryBytes)
        }
        let dropped = try #require(spool.missing[Spool.Missing(stream: stream, reason: "quota")]?.events)
        disk.fault = nil
        try spool.tick(at: Self.later(30))
        #expect(spool.isAccepting)
        try spool.closeAll(at: Self.later(31))
        let batches = try spool.sealedBatches(at: Self.later(31))
        #expect(batches.map(\.manifest.events).reduce(0, +) + dropped == 20 * 60)
        #expect(batches.flatMap(\.manifest.gaps).map(\.events).reduce(0, +) == dropped)
    }

    /// What waits in memory may be as much again as a batch may unpack to: it becomes a batch of its own.
    @Test func batchKeepsItsLimitWhileNothingCanBeWritten() throws {
        let disk = SimulatedDisk()
        let spool = try Self.open(disk)
        let stream = SpoolFixture.stream
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 60_000)
        for number in 1...60 {
            try Self.append(line, to: spool, stream, at: Self.start)
            spool.reach(SourcePosition(offset: Int64(number), mark: "file"), in: stream, at: Self.start)
        }
        try spool.tick(at: Self.later(1))
        disk.fault = DiskFault(.full, of: [.write], isLasting: true)
        for number in 61...100 {
            try Self.append(line, to: spool, stream, at: Self.later(1))
            spool.reach(SourcePosition(offset: Int64(number), mark: "file"), in: stream, at: Self.later(1))
            try spool.tick(at: Self.later(number))
        }
        #expect(spool.missing.isEmpty, "all of it fits into memory")
        disk.fault = nil
        try spool.closeAll(at: Self.later(200))
        let manifests = try spool.sealedBatches(at: Self.later(200)).map(\.manifest)
        #expect(manifests.map(\.events) == [69, 31])
        for manifest in manifests { #expect(manifest.rawBytes <= Int64(BatchLimits.ratioFloorBytes)) }
        #expect(try spool.loadPosition(of: stream)?.offset == 100)
    }

    @Test func refusedBatchThatIsDamagedIsDeclaredOnce() throws {
        let disk = SimulatedDisk()
        let spool = try Self.open(disk)
        let stream = SpoolFixture.stream
        try Self.append(Array("{}".utf8), to: spool, stream, at: Self.start)
        try spool.closeBatch(of: stream, at: Self.start)
        let row = try #require(try spool.nextSealed(excluding: []))
        try spool.database.execute("UPDATE segments SET bytes = zeroblob(length(bytes))")
        try spool.giveUp(row, reason: "refused", keepingFile: true, at: Self.start)
        #expect(spool.backlog.batches == 0)
        #expect(try spool.database.prepare("SELECT sum(events) FROM gaps").firstRow()?[0].integer == 1)
    }

    /// A long outage leaves many free pages behind. A turn of the loop moves a few of them, and now and then the log.
    @Test func givingSpaceBackNeverTakesMoreThanAFewWritesATurn() throws {
        let disk = SimulatedDisk()
        let spool = try Self.open(disk)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<400 { try Self.append(random.noise(30_000), to: spool, SpoolFixture.stream, at: Self.start) }
        try spool.closeAll(at: Self.start)
        for batch in try spool.sealedBatches(at: Self.start) {
            let receipt = spool.receipt(for: batch.manifest, at: Self.start)
            #expect(try spool.acknowledge(batch.row, receipt, at: Self.start))
        }
        var moment = Self.later(1)
        try spool.tick(at: moment)
        var (turns, most, total) = (0, 0, 0)
        while let due = spool.nextTick, turns < 1000 {
            moment.monotonic = max(moment.monotonic, due)
            let before = disk.operationCount
            try spool.tick(at: moment)
            most = max(most, disk.operationCount - before)
            total += disk.operationCount - before
            turns += 1
        }
        #expect(turns > 50 && turns < 1000)
        // Of each page a frame of two writes, as much again for pointers, and the log of 1,024 pages moved.
        #expect(most < 4 * SpoolSettings.pagesGivenBack + 3 * SpoolSettings.logPages)
        #expect(total / turns < 10 * SpoolSettings.pagesGivenBack)
        #expect(try spool.usedBytes() < 4 << 20)
    }

    @Test func readingThatFailsIsNoReasonToEnd() throws {
        let disk = SimulatedDisk()
        var spool: Spool? = try Self.open(disk)
        for number in 0..<400 {
            try Self.append(SpoolDiskRun.line(number), to: try #require(spool), SpoolFixture.stream, at: Self.start)
        }
        try spool?.closeAll(at: Self.start)
        spool = nil
        let again = try Self.open(disk)
        disk.fault = DiskFault(.inputOutput, of: [.read], isLasting: true)
        #expect(try again.sealedFile(1, at: Self.later(1)) == nil)
        #expect(again.writeFailure != nil && again.backlog.batches == 1)
        disk.fault = nil
        try again.tick(at: Self.later(3))
        #expect(again.writeFailure == nil)
        #expect(try again.sealedBatches(at: Self.later(3)).first?.manifest.events == 400)
    }
}
