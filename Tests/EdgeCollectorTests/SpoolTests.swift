import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct SpoolTests {
    @Test func eventsComeOutAsTheyWentIn() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 3))
        try fixture.append(1...50, to: spool)
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        try fixture.append(51...100, to: spool)
        fixture.advance(.seconds(10))
        try spool.tick(at: fixture.moment)

        let batches = try spool.sealedBatches(at: fixture.moment)
        try #require(batches.count == 1)
        let manifest = batches[0].manifest
        #expect(batches[0].lines == (1...100).map(SpoolFixture.event))
        #expect(manifest.identity == BatchIdentity(device: spool.identity.device, epoch: 3, sequence: 1))
        #expect(manifest.events == 100)
        #expect(manifest.firstEventMilliseconds == SpoolFixture.start + 1)
        #expect(manifest.lastEventMilliseconds == SpoolFixture.start + 100)
        #expect(manifest.previous == Manifest.noPrevious)
        #expect(manifest.boot == "boot-1" && manifest.fleet == "test" && manifest.clock == .synchronized)
        #expect(spool.backlog.batches == 1 && spool.backlog.bytes == manifest.framesBytes)
    }

    @Test func manifestsLinkToOneAnother() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        for round in 0..<4 {
            try fixture.append((round * 10)..<(round * 10 + 10), to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        let manifests = try spool.sealedBatches(at: fixture.moment).map(\.manifest)
        #expect(manifests.map(\.identity.sequence) == [1, 2, 3, 4])
        for (previous, next) in zip(manifests, manifests.dropFirst()) { #expect(next.previous == previous.sha256) }
    }

    @Test func batchesWaitForAnEpochAndAreSealedInOrder() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        for round in 0..<3 {
            try fixture.append([round], to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        #expect(try spool.nextSealed(excluding: []) == nil)
        #expect(spool.backlog.batches == 3)
        #expect(try spool.adopt(epoch: 1))
        let batches = try spool.sealedBatches(at: fixture.moment)
        #expect(batches.map(\.lines) == (0..<3).map { [SpoolFixture.event($0)] })
        #expect(batches.map(\.manifest.identity.sequence) == [1, 2, 3])
        #expect(try spool.adopt(epoch: 2) == false, "an epoch is there already")
    }

    @Test(arguments: [16 << 10, 64 << 10, 256 << 10])
    func batchIsClosedAtItsSize(sealBytes: Int) throws {
        var settings = SpoolSettings()
        settings.sealBytes = sealBytes
        settings.flushBytes = 8 << 10
        settings.gatherInterval = .zero
        let fixture = try SpoolFixture(settings: settings)
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        var random = SeededGenerator(seed: 5)
        while spool.backlog.batches < 2 {
            try random.noise(500).withUnsafeBytes {
                try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
            }
            try spool.tick(at: fixture.moment)
        }
        for batch in try spool.sealedBatches(at: fixture.moment) {
            #expect(Int(batch.manifest.framesBytes) >= sealBytes)
            #expect(Int(batch.manifest.framesBytes) < sealBytes + (16 << 10))
        }
    }

    @Test func fastStreamIsWrittenDownNowAndThenAndNotMoreOften() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 60_000)
        func append(_ count: Int) throws {
            for _ in 0..<count {
                try line.withUnsafeBytes {
                    try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
                }
            }
            try spool.tick(at: fixture.moment)
        }
        func writings() throws -> Int64? {
            try spool.database.prepare("SELECT count(*) FROM segments").firstRow()?[0].integer
        }
        try append(1)
        #expect(spool.nextTick == fixture.moment.monotonic + fixture.settings.flushInterval)
        try append(1)
        #expect(spool.nextTick == fixture.moment.monotonic + fixture.settings.gatherInterval)
        try append(10)
        #expect(try writings() == 0)
        fixture.advance(fixture.settings.gatherInterval)
        try spool.tick(at: fixture.moment)
        #expect(try writings() == 1)
        try append(fixture.settings.gatherBytes / line.count)
        #expect(try writings() == 1)
        try append(1)
        #expect(try writings() == 2, "as much as is gathered at once")
    }

    @Test func batchOfAFastStreamIsClosedAtItsSizeToo() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        var random = SeededGenerator(seed: 5)
        while spool.backlog.batches < 2 {
            try random.noise(500).withUnsafeBytes {
                try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
            }
        }
        for batch in try spool.sealedBatches(at: fixture.moment) {
            #expect(Int(batch.manifest.framesBytes) < fixture.settings.sealBytes + (256 << 10))
        }
    }

    @Test func batchNeverUnpacksToMoreThanTheRatioFloor() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 60_000)
        for _ in 0..<150 {
            try line.withUnsafeBytes { try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment) }
        }
        let manifests = try spool.sealedBatches(at: fixture.moment).map(\.manifest)
        #expect(manifests.count == 2)
        for manifest in manifests { #expect(manifest.rawBytes <= Int64(BatchLimits.ratioFloorBytes)) }
    }

    /// The wall clock of the first start became a floor for good, though nobody vouched for it.
    @Test func onlyTheCloudsTimeBecomesAFloor() throws {
        var fixture = try SpoolFixture()
        fixture.moment = Moment(monotonic: .seconds(1), milliseconds: 4_294_967_296_000, clock: .unsynchronized)
        let spool = try fixture.open()
        #expect(try spool.storedFloor() == 0)
        spool.noteContact(serverMilliseconds: SpoolFixture.start, at: fixture.moment)
        try spool.closeAll(at: fixture.moment)
        #expect(try spool.storedFloor() == SpoolFixture.start)
    }

    @Test func onlyTheRightReceiptFreesABatch() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        try fixture.append(1...20, to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        let batch = try #require(try spool.sealedBatches(at: fixture.moment).first)
        let right = spool.receipt(for: batch.manifest, at: fixture.moment)
        var wrong = [right, right, right, right]
        wrong[0].manifestSHA256 = Manifest.noPrevious
        wrong[1].epoch = 2
        wrong[2].sequence = 2
        wrong[3].device = "0123456789abcdef"
        for receipt in wrong {
            #expect(try !spool.acknowledge(batch.row, receipt, at: fixture.moment))
            #expect(spool.backlog.batches == 1)
        }
        #expect(try spool.acknowledge(batch.row, right, at: fixture.moment))
        #expect(spool.backlog == Spool.Backlog())
        #expect(try spool.nextSealed(excluding: []) == nil)
        #expect(try fixture.folder.copy().rows("batches") == 1, "the row goes with the next flush")
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        #expect(try fixture.folder.rows("batches") == 0)
        #expect(try fixture.folder.rows("segments") == 0)
    }

    @Test func newEpochSealsAgainWhatHasNoReceipt() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        for number in 1...4 {
            try fixture.append([number], to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        let first = try spool.sealedBatches(at: fixture.moment)
        #expect(
            try spool.acknowledge(
                first[0].row, spool.receipt(for: first[0].manifest, at: fixture.moment), at: fixture.moment))
        try spool.abandonEpoch()
        #expect(spool.epoch == nil)
        #expect(try spool.nextSealed(excluding: []) == nil)
        #expect(try !spool.adopt(epoch: 1), "an epoch never comes twice")
        #expect(try spool.adopt(epoch: 2))
        let second = try spool.sealedBatches(at: fixture.moment)
        #expect(second.map(\.lines) == first.dropFirst().map(\.lines))
        #expect(second.map(\.manifest.identity.epoch) == [2, 2, 2])
        #expect(second.map(\.manifest.identity.sequence) == [1, 2, 3])
        #expect(second[0].manifest.previous == Manifest.noPrevious)
        #expect(second[1].manifest.previous == second[0].manifest.sha256)
    }

    @Test func anotherFleetGetsItsOwnSeals() throws {
        let fixture = try SpoolFixture()
        var spool: Spool? = try fixture.open()
        #expect(try spool?.adopt(epoch: 9) == true)
        try fixture.append([1], to: try #require(spool))
        try spool?.closeAll(at: fixture.moment)
        spool = nil
        let identity = SpoolIdentity(
            device: SpoolFixture.identity.device, fleet: "other", key: SpoolFixture.key, boot: "boot-2")
        let other = try SpoolOpening(
            state: fixture.folder.state, settings: fixture.settings, identity: identity,
            streams: [SpoolFixture.stream]
        ).open(at: fixture.moment)
        #expect(other.epoch == nil)
        #expect(try other.adopt(epoch: 1))
        #expect(try other.sealedBatches(at: fixture.moment).map(\.manifest.fleet) == ["other"])
    }

    @Test func scoringGoesIntoTheManifestOfItsBatch() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        let report = ScoringReport(
            modelVersion: 4, events: 1, logLoss: 0.25, brier: 0.125,
            calibration: [ScoringReport.Bin](repeating: .init(count: 1, predicted: 0.5, positive: 1), count: 10))
        var closed: [String] = []
        spool.scoring = { _ in closed.isEmpty ? report : nil }
        spool.didClose = { closed.append($0) }
        for number in 1...2 {
            try fixture.append([number], to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        #expect(closed == [SpoolFixture.stream, SpoolFixture.stream])
        #expect(try spool.sealedBatches(at: fixture.moment).map(\.manifest.scoring) == [report, nil])
    }
}
