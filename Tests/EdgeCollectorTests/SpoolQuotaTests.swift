import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct SpoolQuotaTests {
    /// Bytes that do not compress, so that sizes can be told beforehand.
    private static func fill(_ spool: Spool, bytes: Int, at moment: Moment, random: inout SeededGenerator) throws {
        for _ in 0..<(bytes / 1000) {
            try random.noise(999).withUnsafeBytes {
                try spool.append($0, to: SpoolFixture.stream, time: nil, at: moment)
            }
        }
    }

    @Test func readingStopsAtTheQuotaAndGoesOnWhenATenthIsFree() throws {
        var settings = SpoolSettings()
        settings.quotaBytes = 8 << 20
        var fixture = try SpoolFixture(settings: settings)
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        var random = SeededGenerator(seed: 9)
        while spool.isAccepting {
            try Self.fill(spool, bytes: 100_000, at: fixture.moment, random: &random)
            fixture.advance(.seconds(1))
            try spool.tick(at: fixture.moment)
        }
        let used = try spool.usedBytes()
        #expect(used <= settings.quotaBytes)
        #expect(used > settings.quotaBytes - (1 << 20))

        var freed = 0
        while !spool.isAccepting {
            let batch = try #require(try spool.sealedBatches(at: fixture.moment, limit: 1).first)
            let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
            #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
            fixture.advance(.seconds(1))
            try spool.tick(at: fixture.moment)
            freed += 1
        }
        #expect(freed > 1, "one batch is less than a tenth")
    }

    @Test func spaceIsGivenBackToTheDisk() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        var random = SeededGenerator(seed: 9)
        try Self.fill(spool, bytes: 12 << 20, at: fixture.moment, random: &random)
        for batch in try spool.sealedBatches(at: fixture.moment) {
            let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
            #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
        }
        func pages() throws -> Int64? { try spool.database.prepare("PRAGMA page_count").firstRow()?[0].integer }
        let before = try #require(try pages())
        var ticks = 0
        while let due = spool.nextTick, ticks < 200 {
            fixture.advance(max(.zero, due - fixture.moment.monotonic))
            try spool.tick(at: fixture.moment)
            ticks += 1
        }
        #expect(spool.nextTick == nil)
        #expect(try #require(try pages()) < before / 2)
    }

    @Test func whatCannotBeWrittenWaitsInMemory() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        try fixture.append(1...10, to: spool)
        // SQLite's own limit on the file does what a full disk does: SQLITE_FULL.
        let pages = try #require(try spool.database.prepare("PRAGMA page_count").firstRow()?[0].integer)
        try spool.database.execute("PRAGMA max_page_count = \(pages)")
        var random = SeededGenerator(seed: 1)
        try random.noise(40_000).withUnsafeBytes {
            try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
        }
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        #expect(!spool.isAccepting)
        #expect(spool.writeFailure?.contains("full") == true)
        #expect(spool.nextTick == fixture.moment.monotonic + Spool.retryInterval)
        try fixture.append(11...20, to: spool)

        try spool.database.execute("PRAGMA max_page_count = 1000000")
        fixture.advance(.seconds(2))
        try spool.tick(at: fixture.moment)
        #expect(spool.isAccepting)
        try spool.closeAll(at: fixture.moment)
        let lines = try spool.sealedBatches(at: fixture.moment).flatMap(\.lines)
        #expect(lines.count == 21)
        #expect(lines.first == SpoolFixture.event(1) && lines.last == SpoolFixture.event(20))
    }
}
