import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct SpoolGapTests {
    @Test func messageThatIsNoEventIsKeptAndDeclared() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        let message = Array("a\nb".utf8)
        for _ in 0..<3 {
            message.withUnsafeBytes {
                spool.setAside($0, of: SpoolFixture.stream, reason: "line-feed", at: fixture.moment)
            }
        }
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        #expect(try fixture.folder.rows("dead_letters") == 3)
        try fixture.append([1], to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        let manifest = try #require(try spool.sealedBatches(at: fixture.moment).first?.manifest)
        #expect(
            manifest.gaps == [
                Gap(
                    fromMilliseconds: SpoolFixture.start, toMilliseconds: SpoolFixture.start, events: 3, bytes: 9,
                    reason: "line-feed")
            ])
    }

    @Test func gapIsCarriedOnceAndComesBackWithARefusedBatch() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        let gap = Gap(fromMilliseconds: 5, toMilliseconds: 9, events: 2, bytes: 100, reason: "quota")
        spool.declare(gap, in: SpoolFixture.stream, at: fixture.moment)
        for number in 1...2 {
            try fixture.append([number], to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        var batches = try spool.sealedBatches(at: fixture.moment)
        #expect(batches.map(\.manifest.gaps) == [[gap], []])

        try spool.giveUp(batches[0].row, reason: "refused", keepingFile: true, at: fixture.moment)
        #expect(spool.backlog.batches == 1)
        try fixture.append([3], to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        batches = try spool.sealedBatches(at: fixture.moment)
        #expect(batches.map(\.manifest.identity.sequence) == [2, 3])
        let refused = Gap(
            fromMilliseconds: SpoolFixture.start + 1, toMilliseconds: SpoolFixture.start + 1, events: 1,
            bytes: Int64(SpoolFixture.event(1).utf8.count + 1), reason: "refused")
        #expect(Set(batches[1].manifest.gaps) == [gap, refused])
        #expect(try fixture.folder.rows("dead_letters") == 1)
    }

    /// 100 messages that are no events, larger than what is kept of each.
    /// Seed 41698 of the simulation: a file was damaged from who knows where on, and a batch of which the times were known was
    /// lost too. The gap of both said that it began with the batch.
    @Test(arguments: [false, true])
    func whatIsNotKnownOfAGapIsNotKnownOfAWiderOne(isUnknownFirst: Bool) throws {
        let unknown = Gap(toMilliseconds: 500, events: 0, bytes: 0, reason: "damaged")
        let known = Gap(fromMilliseconds: 100, toMilliseconds: 200, events: 2, bytes: 20, reason: "damaged")
        let gaps = isUnknownFirst ? [unknown, known] : [known, unknown]
        for areInOneFlush in [true, false] {
            let fixture = try SpoolFixture()
            let spool = try fixture.open()
            #expect(try spool.adopt(epoch: 1))
            for gap in gaps {
                spool.declare(gap, in: SpoolFixture.stream, at: fixture.moment)
                if !areInOneFlush { try spool.flush(spool.batch(of: SpoolFixture.stream), at: fixture.moment) }
            }
            try fixture.append([1], to: spool)
            try spool.closeAll(at: fixture.moment)
            let carried = try spool.sealedBatches(at: fixture.moment).flatMap(\.manifest.gaps)
            #expect(carried == [Gap(toMilliseconds: 500, events: 2, bytes: 20, reason: "damaged")])
        }
    }

    private static func setAsideMany(in spool: Spool, _ fixture: inout SpoolFixture) throws {
        let message = [UInt8](repeating: 10, count: 70_000)
        for _ in 0..<100 {
            message.withUnsafeBytes {
                spool.setAside($0, of: SpoolFixture.stream, reason: "oversized", at: fixture.moment)
            }
            fixture.advance(.seconds(1))
            try spool.tick(at: fixture.moment)
        }
    }

    @Test func deadLettersAreBounded() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        try Self.setAsideMany(in: spool, &fixture)
        #expect(try fixture.folder.rows("dead_letters") == Int64(SpoolSettings.deadLetterBytes / (64 << 10)))
    }

    @Test func deadLettersNeverFillTheQuota() throws {
        var settings = SpoolSettings()
        settings.quotaBytes = 3 << 20
        var fixture = try SpoolFixture(settings: settings)
        let spool = try fixture.open()
        try Self.setAsideMany(in: spool, &fixture)
        #expect(spool.isAccepting)
        #expect(try fixture.folder.rows("dead_letters") ?? 0 > 0)
    }

    @Test func damagedFramesAreNeverSentButDeclared() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        for number in 1...2 {
            try fixture.append([number], to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        let row = try #require(try spool.nextSealed(excluding: []))
        try spool.database.prepare("UPDATE segments SET bytes = zeroblob(length(bytes)) WHERE id >> 20 = ?").run([
            .integer(row)
        ])
        #expect(try spool.sealedFile(row, at: fixture.moment) == nil)
        try fixture.append([3], to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        let batches = try spool.sealedBatches(at: fixture.moment)
        #expect(batches.map(\.lines) == [[SpoolFixture.event(2)], [SpoolFixture.event(3)]])
        #expect(batches[1].manifest.gaps.map(\.reason) == ["damaged"])
        #expect(batches[1].manifest.gaps.map(\.events) == [1])
    }
}
