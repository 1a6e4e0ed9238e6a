import BatchFormat
import Foundation
import SQLite
import Testing

@testable import EdgeCollector

extension TemporaryFolder {
    /// The rows of a table of the spool here.
    func rows(_ table: String) throws -> Int64? {
        let database = try SQLiteDatabase(path: "\(path)/\(SpoolOpening.fileName)", access: .readOnly)
        return try database.prepare("SELECT count(*) FROM \(table)").firstRow()?[0].integer
    }
}

@Suite struct SpoolRecoveryTests {
    /// A kill at any moment loses at most what no flush had written, and never the order.
    @Test func killAtEveryStepKeepsWhatWasFlushed() throws {
        var settings = SpoolSettings()
        settings.flushBytes = 1 << 10
        settings.sealInterval = .seconds(2)
        var fixture = try SpoolFixture(settings: settings)
        let spool = try fixture.open()
        var flushed = 0
        var acknowledged: Set<String> = []
        for step in 0..<60 {
            if step == 20 { #expect(try spool.adopt(epoch: 1)) }
            if step == 40 { try spool.abandonEpoch() }
            if step == 45 { #expect(try spool.adopt(epoch: 2)) }
            try fixture.append((step * 5)..<(step * 5 + 5), to: spool)
            if step % 7 == 3 {
                fixture.advance(.seconds(1))
                try spool.tick(at: fixture.moment)
                flushed = step * 5 + 5
            }
            if step % 9 == 8, spool.epoch != nil, let batch = try spool.sealedBatches(at: fixture.moment).first {
                let receipt = spool.receipt(for: batch.manifest, at: fixture.moment)
                #expect(try spool.acknowledge(batch.row, receipt, at: fixture.moment))
                acknowledged.formUnion(batch.lines)
            }

            let cut = try SpoolFixture(fixture.folder.copy(), settings: settings)
            let survivor = try cut.open()
            if survivor.epoch == nil { #expect(try survivor.adopt(epoch: 100)) }
            let batches = try survivor.sealedBatches(at: cut.moment)
            let stored = Set(batches.flatMap(\.lines)).union(acknowledged)
            let numbers = (0..<1000).prefix { stored.contains(SpoolFixture.event($0)) }.count
            #expect(numbers >= flushed, "step \(step)")
            #expect(stored.count == numbers, "step \(step): nothing behind a hole")
            let expected = numbers == 0 ? nil : SpoolFixture.start + Int64(numbers - 1)
            #expect(survivor.resumePoint(of: SpoolFixture.stream) == expected, "step \(step)")
        }
        #expect(!acknowledged.isEmpty)
    }

    @Test func cutOffFrameIsCompletedAndCounted() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 1))
        try fixture.append(1...30, to: spool)
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        try fixture.append(31...40, to: spool)

        let cut = try SpoolFixture(fixture.folder.copy())
        var found: [String] = []
        let survivor = try cut.open { found.append("\($0)") }
        #expect(found == ["the last run left an open batch of stream 'rsvps'; it is complete with 30 events"])
        let batches = try survivor.sealedBatches(at: cut.moment)
        #expect(batches.map(\.lines) == [(1...30).map(SpoolFixture.event)])
        try cut.append([41], to: survivor)
        try survivor.closeBatch(of: SpoolFixture.stream, at: cut.moment)
        let next = try survivor.sealedBatches(at: cut.moment)
        #expect(next.map(\.manifest.identity.sequence) == [1, 2])
        #expect(next[1].manifest.previous == next[0].manifest.sha256)
    }

    @Test func damagedOpenBatchBecomesAGap() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        try fixture.append(1...30, to: spool)
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        try spool.database.prepare("UPDATE segments SET bytes = substr(bytes, 1, length(bytes) - 7)").run()

        let cut = try SpoolFixture(fixture.folder.copy())
        var found: [String] = []
        let survivor = try cut.open { found.append("\($0)") }
        #expect(found.count == 1 && found[0].hasPrefix("a batch of stream 'rsvps' with 30 events is lost"))
        #expect(survivor.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 30)
        #expect(try survivor.adopt(epoch: 1))
        try cut.append([31], to: survivor)
        try survivor.closeBatch(of: SpoolFixture.stream, at: cut.moment)
        let gaps = try survivor.sealedBatches(at: cut.moment).flatMap(\.manifest.gaps)
        #expect(gaps.map(\.reason) == ["damaged"] && gaps.map(\.events) == [30])
    }

    @Test func damagedFileIsMovedAsideAndReadableBatchesAreSaved() throws {
        let fixture = try SpoolFixture()
        var spool: Spool? = try fixture.open()
        #expect(try spool?.adopt(epoch: 5) == true)
        var random = SeededGenerator(seed: 3)
        for round in 0..<20 {
            try random.noise(20_000).withUnsafeBytes {
                try spool?.append(
                    $0, to: SpoolFixture.stream, time: SpoolFixture.start + Int64(round), at: fixture.moment)
            }
            try spool?.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        let before = try #require(try spool?.sealedBatches(at: fixture.moment).map(\.lines))
        spool = nil
        let path = "\(fixture.folder.path)/\(SpoolOpening.fileName)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let page = bytes.count / 4096 / 2 * 4096
        bytes.replaceSubrange(page..<page + 4096, with: [UInt8](repeating: 0xA5, count: 4096))
        try bytes.write(to: URL(fileURLWithPath: path))
        try SpoolOpening.requestCheck(in: fixture.folder.state)

        var found: [String] = []
        let survivor = try fixture.open { found.append("\($0)") }
        #expect(found.count == 1 && found[0].contains("spool.sqlite.damaged-1"))
        #expect(survivor.epoch == nil)
        #expect(survivor.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 19)
        #expect(try survivor.adopt(epoch: 6))
        let after = try survivor.sealedBatches(at: fixture.moment).map(\.lines)
        #expect((1..<20).contains(after.count), "one page holds the beginnings of several batches")
        #expect(Set(after).isSubset(of: before))
        try fixture.append([99], to: survivor)
        try survivor.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        #expect(try survivor.sealedBatches(at: fixture.moment).flatMap(\.manifest.gaps).map(\.reason) == ["damaged"])
    }

    @Test func fileOfAnotherKindIsMovedAside() throws {
        let fixture = try SpoolFixture()
        try fixture.folder.state.replace(SpoolOpening.fileName, Array(repeating: 0x41, count: 9000))
        var found: [String] = []
        let spool = try fixture.open { found.append("\($0)") }
        #expect(found.count == 1 && found[0].contains("0 batches of it were saved"))
        try fixture.append([1], to: spool)
        try spool.closeAll(at: fixture.moment)
        #expect(spool.backlog.batches == 1)
    }
}
