import BatchFormat
import Cryptography
import SQLite
import Testing

@testable import EdgeCollector

/// `durability = when-offline`: what stays in memory, and what survives.
@Suite struct SpoolHoldTests {
    /// Sees from outside whether the spool has written something.
    private final class Witness {
        private let database: SQLiteDatabase
        private var version: Int64?

        init(_ folder: TemporaryFolder) throws {
            database = try SQLiteDatabase(path: "\(folder.path)/\(SpoolOpening.fileName)", access: .readOnly)
            _ = try hasChanged()
        }

        /// Whether anything was committed since the last question.
        func hasChanged() throws -> Bool {
            let now = try database.statement("PRAGMA data_version").firstRow()?[0].integer
            defer { version = now }
            return version != now
        }
    }

    private static func fixture() throws -> SpoolFixture {
        var settings = SpoolSettings()
        settings.durability = .whenOffline
        return try SpoolFixture(settings: settings)
    }

    /// A spool that holds: its first batch was written down and delivered.
    private static func holding(_ fixture: inout SpoolFixture) throws -> Spool {
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        try fixture.append(0..<10, to: spool)
        try turn(spool, &fixture, after: fixture.settings.sealInterval)
        #expect(try deliverAll(spool, fixture).count == 1)
        spool.isUplinkHealthy = true
        try turn(spool, &fixture, after: fixture.settings.flushInterval)
        #expect(spool.holdPolicy.isHolding)
        return spool
    }

    private static func turn(_ spool: Spool, _ fixture: inout SpoolFixture, after span: Duration) throws {
        fixture.advance(span)
        try spool.tick(at: fixture.moment)
    }

    @discardableResult
    private static func deliverAll(_ spool: Spool, _ fixture: SpoolFixture) throws -> [(Manifest, [String])] {
        let batches = try spool.sealedBatches(at: fixture.moment)
        for batch in batches {
            let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
            #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
        }
        return batches.map { ($0.manifest, $0.lines) }
    }

    @Test func whileReceiptsComeNothingIsWrittenButANoteAMinute() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        let witness = try Witness(fixture.folder)
        var manifests: [Manifest] = []
        var writes = 0
        for second in 0..<600 {
            try fixture.append((10 + second * 5)..<(15 + second * 5), to: spool)
            try Self.turn(spool, &fixture, after: .seconds(1))
            manifests += try Self.deliverAll(spool, fixture).map(\.0)
            if try witness.hasChanged() { writes += 1 }
            #expect(spool.nextTick ?? .zero > fixture.moment.monotonic, "the loop has time to wait")
        }
        #expect((8...11).contains(writes), "\(writes) writes in ten minutes")
        #expect(manifests.map(\.identity.sequence) == Array(2..<Int64(2 + manifests.count)) && manifests.count >= 59)
        for (previous, next) in zip(manifests, manifests.dropFirst()) { #expect(next.previous == previous.sha256) }
        #expect(try fixture.folder.rows("batches") == 0)
        #expect(spool.backlog == Spool.Backlog())
        try spool.closeAll(at: fixture.moment)
        try Self.deliverAll(spool, fixture)
        try spool.closeAll(at: fixture.moment)
        let report = try EdgeReport(spool.database, state: fixture.folder.state)
        #expect(report.sealed == report.acknowledged && report.sealed >= Int64(manifests.count))
        #expect(report.streams.map(\.events) == [3010] && !report.isHolding)
        #expect(report.streams[0].lastEventMilliseconds == SpoolFixture.start + 3009)
    }

    @Test(arguments: ["unhealthy", "late", "full", "ending"])
    func whatIsHeldIsWrittenDownWhen(reason: String) throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        try fixture.append(10..<20, to: spool)
        try Self.turn(spool, &fixture, after: .seconds(10))
        try fixture.append(20..<25, to: spool)
        try Self.turn(spool, &fixture, after: .seconds(1))
        let sent = try spool.sealedBatches(at: fixture.moment).map(\.manifest)
        #expect(sent.map(\.identity.sequence) == [2] && spool.backlog.batches == 1)
        #expect(try fixture.folder.rows("batches") == 0)
        var more: [String] = []
        switch reason {
        case "unhealthy":
            spool.isUplinkHealthy = false
            try spool.tick(at: fixture.moment)
        case "late":
            try Self.turn(spool, &fixture, after: HoldPolicy.waitLimit - .seconds(1))
        case "full":
            var random = SeededGenerator(seed: 4)
            for _ in 0...(HoldPolicy.memoryBytes / 40_000) {
                let line = random.noise(60_000)
                more.append(String(decoding: line, as: UTF8.self))
                try line.withUnsafeBytes {
                    try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
                }
            }
            try spool.tick(at: fixture.moment)
        default:
            try spool.closeAll(at: fixture.moment)
        }
        #expect(!spool.holdPolicy.isHolding)

        let cut = try SpoolFixture(fixture.folder.copy(), settings: fixture.settings)
        let survivor = try cut.open()
        #expect(survivor.epoch == 1, "all that was sealed is on the disk: the epoch goes on")
        let batches = try survivor.sealedBatches(at: cut.moment)
        #expect(batches.first?.manifest == sent.first, "what may have been sent keeps its name and content")
        let isComplete = batches.flatMap(\.lines) == (10..<25).map(SpoolFixture.event) + more
        #expect(isComplete)
        #expect(batches.map(\.manifest.identity.sequence) == Array(2..<Int64(2 + batches.count)))
        #expect(survivor.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 24)
    }

    /// At any moment a kill leaves a spool whose resume point has nothing missing before it, and that never gives a name
    /// to a second content.
    @Test(arguments: 0..<10) func killAtAnyMomentLosesNothingBeforeTheResumePoint(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        var delivered = Set((0..<10).map(SpoolFixture.event))
        var sent: [BatchIdentity: [UInt8]] = [:]
        var count = 10
        for step in 0..<50 {
            let next = count + Int.random(in: 0...20, using: &random)
            try fixture.append(count..<next, to: spool)
            count = next
            try Self.turn(spool, &fixture, after: .milliseconds(Int64.random(in: 1...12_000, using: &random)))
            for batch in try spool.sealedBatches(at: fixture.moment) {
                sent[batch.manifest.identity] = batch.manifest.sha256
                guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
                let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
                #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
                delivered.formUnion(batch.lines)
            }
            spool.isUplinkHealthy = Int.random(in: 0..<10, using: &random) > 0
            if Int.random(in: 0..<15, using: &random) == 0 {
                try spool.abandonEpoch()
                #expect(try spool.adopt(epoch: Int64(step + 2)))
            }

            let cut = try SpoolFixture(fixture.folder.copy(), settings: fixture.settings)
            let survivor = try cut.open()
            let resume = try #require(survivor.resumePoint(of: SpoolFixture.stream))
            if survivor.epoch == nil { #expect(try survivor.adopt(epoch: 1000)) }
            try cut.append([1_000_000], to: survivor)
            try survivor.closeAll(at: cut.moment)
            var stored = delivered
            for batch in try survivor.sealedBatches(at: cut.moment) {
                stored.formUnion(batch.lines)
                let before = sent[batch.manifest.identity]
                #expect(before == nil || before == batch.manifest.sha256, "seed \(seed), step \(step)")
            }
            let missing = (0..<count).filter {
                SpoolFixture.start + Int64($0) <= resume && !stored.contains(SpoolFixture.event($0))
            }
            #expect(missing.isEmpty, "seed \(seed), step \(step): \(missing)")
        }
    }

    @Test func afterAKillNewBatchesNeedANewEpochAndOldOnesKeepTheirs() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        try fixture.append(10..<20, to: spool)
        spool.declare(Gap(events: 1, bytes: 9, reason: "missed"), in: SpoolFixture.stream, at: fixture.moment)
        try Self.turn(spool, &fixture, after: .seconds(10))
        let first = try #require(try spool.sealedBatches(at: fixture.moment).first?.manifest)
        #expect(first.gaps.map(\.reason) == ["missed"], "a batch that declares something goes over the disk")
        #expect(try fixture.folder.rows("batches") == 1)

        var cut = try SpoolFixture(fixture.folder.copy(), settings: fixture.settings)
        let survivor = try cut.open()
        #expect(survivor.epoch == nil)
        #expect(try !EdgeReport(survivor.database, state: cut.folder.state).isHolding, "the mark has served")
        #expect(try survivor.adopt(epoch: 2))
        try cut.append([20], to: survivor)
        try Self.turn(survivor, &cut, after: .seconds(10))
        let manifests = try survivor.sealedBatches(at: cut.moment).map(\.manifest)
        #expect(manifests.count == 2 && manifests.first == first)
        #expect(manifests.last?.identity.epoch == 2 && manifests.last?.identity.sequence == 1)
        #expect(manifests.last?.previous == Manifest.noPrevious)
    }

    @Test func heldBatchThatIsRefusedGoesToTheDeadLetters() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        try fixture.append(10..<20, to: spool)
        try Self.turn(spool, &fixture, after: .seconds(10))
        let row = try #require(try spool.nextSealed(excluding: []))
        try spool.giveUp(row, reason: "refused", because: "no", keepingFile: true, at: fixture.moment)
        #expect(spool.backlog.batches == 0)
        #expect(try spool.nextSealed(excluding: []) == nil)
        #expect(try fixture.folder.rows("dead_letters") == 1)
    }

    @Test func conflictSealsWhatIsHeldUnderTheNextEpoch() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        try fixture.append(10..<20, to: spool)
        try Self.turn(spool, &fixture, after: .seconds(10))
        try spool.abandonEpoch()
        #expect(try spool.nextSealed(excluding: []) == nil)
        #expect(spool.backlog.batches == 1)
        try Self.turn(spool, &fixture, after: .seconds(1))
        #expect(!spool.holdPolicy.isHolding)
        #expect(try spool.adopt(epoch: 2))
        let batches = try spool.sealedBatches(at: fixture.moment)
        #expect(batches.map(\.lines) == [(10..<20).map(SpoolFixture.event)])
        #expect(batches.map(\.manifest.identity.epoch) == [2])
    }

    @Test func onlyTheRightReceiptFreesAHeldBatch() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        try fixture.append(10..<20, to: spool)
        try Self.turn(spool, &fixture, after: .seconds(10))
        let batch = try #require(try spool.sealedBatches(at: fixture.moment).first)
        var wrong = spool.receipt(for: batch.manifest, at: fixture.moment)
        wrong.manifestSHA256 = Manifest.noPrevious
        #expect(try !spool.acknowledge(batch.row, wrong, at: fixture.moment))
        #expect(spool.backlog.batches == 1)
        #expect(try spool.newestSealed(after: 0) == batch.row)
        #expect(try spool.newestSealed(after: batch.row) == nil)
        #expect(try spool.nextSealed(excluding: [batch.row]) == nil)
    }

    @Test func slowBatchIsWrittenDownBeforeItIsClosed() throws {
        var fixture = try Self.fixture()
        let spool = try Self.holding(&fixture)
        var slow = fixture
        slow.settings.sealInterval = .seconds(3600)
        try spool.closeAll(at: fixture.moment)
        let other = try Self.reopened(slow)
        try slow.append(10..<11, to: other)
        try Self.turn(other, &slow, after: HoldPolicy.openLimit - .seconds(1))
        #expect(try slow.folder.copy().rows("segments") == 0)
        try slow.append(11..<12, to: other)
        try Self.turn(other, &slow, after: .seconds(1))
        #expect(other.holdPolicy.isHolding)
        #expect(try slow.folder.copy().rows("segments") == 1)
    }

    /// The same spool by other settings, holding at once.
    private static func reopened(_ fixture: SpoolFixture) throws -> Spool {
        let spool = try Spool(
            path: fixture.folder.state.path(of: SpoolOpening.fileName), settings: fixture.settings,
            identity: SpoolFixture.identity, at: fixture.moment)
        try spool.addStream(SpoolFixture.stream)
        spool.isUplinkHealthy = true
        try spool.tick(at: fixture.moment)
        return spool
    }
}
