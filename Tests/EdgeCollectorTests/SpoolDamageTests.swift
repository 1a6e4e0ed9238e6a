import BatchFormat
import SimulatedDisk
import Testing

@testable import EdgeCollector

/// A spool of many batches whose file is damaged while nobody uses it.
@Suite struct SpoolDamageTests {
    private static let path = "\(SimulatedDisk.folder)/\(SpoolOpening.fileName)"
    private static let moment = Moment(
        monotonic: .seconds(100), milliseconds: SpoolFixture.start, clock: .synchronized)
    private static let batches = 60

    /// A disk with a spool of sealed batches, of one numbered line each, and of a part of one, ended as a kill does.
    private static func disk(lineBytes: Int) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let spool = try open(disk)
        _ = try spool.adopt(epoch: 1)
        for number in 0..<batches {
            try append(number, lineBytes, to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: moment)
        }
        return disk.killed()
    }

    private static func append(_ number: Int, _ lineBytes: Int, to spool: Spool) throws {
        var random = SeededGenerator(seed: UInt64(number))
        let line = Array("\(number):".utf8) + random.noise(lineBytes)
        try line.withUnsafeBytes {
            try spool.append($0, to: SpoolFixture.stream, time: SpoolFixture.start + Int64(number), at: moment)
        }
    }

    private static func open(
        _ disk: SimulatedDisk, _ recovered: @escaping (SpoolRecovery) -> Void = { _ in }
    ) throws -> Spool {
        try SpoolOpening(
            state: SimulatedFolder(disk), settings: SpoolSettings(), identity: SpoolFixture.identity,
            streams: [SpoolFixture.stream]
        ).open(at: moment, recovered: recovered)
    }

    private struct Outcome {
        var delivered: [Int] = []
        var isNewEpoch = false
        var gaps: [Gap] = []
    }

    /// Uses the spool as the edge does, until all is sealed and read for upload; meets damage as it comes.
    private static func outcome(of disk: SimulatedDisk) throws -> Outcome {
        for _ in 0..<5 {
            do {
                return try use(disk)
            } catch {
                guard error.isDamage else { throw error }
                try SpoolOpening.requestCheck(in: SimulatedFolder(disk))
            }
        }
        throw SpoolDiskModel.Violation("it does not come to an end")
    }

    private static func use(_ disk: SimulatedDisk) throws -> Outcome {
        let spool = try open(disk)
        var outcome = Outcome()
        while spool.nextTick == .zero { try spool.tick(at: moment) }
        outcome.isNewEpoch = spool.epoch == nil
        if spool.epoch == nil { #expect(try spool.adopt(epoch: 2)) }
        _ = try spool.sealedBatches(at: moment)
        try append(1_000_000, 100, to: spool)
        try spool.closeAll(at: moment)
        for batch in try spool.sealedBatches(at: moment) {
            outcome.gaps += batch.manifest.gaps
            for line in batch.lines {
                let number = try #require(Int(line.prefix { $0 != ":" }))
                let content = line.utf8.dropFirst("\(number):".utf8.count)
                var random = SeededGenerator(seed: UInt64(number))
                #expect(content.elementsEqual(random.noise(content.count)), "line \(number) is not what it was")
                outcome.delivered.append(number)
            }
        }
        return outcome
    }

    /// A copy of the disk with other bytes in one of its files.
    private static func damaged(
        _ disk: SimulatedDisk, _ name: String = SpoolOpening.fileName, _ change: (inout [UInt8]) -> Void
    ) throws -> SimulatedDisk {
        let copy = disk.killed()
        var bytes = try #require(copy.contents(of: SimulatedFolder(copy).path(of: name)))
        change(&bytes)
        copy.overwrite(SimulatedFolder(copy).path(of: name), with: bytes)
        return copy
    }

    /// Holds an outcome against what there was: whole batches, each once, and every loss declared.
    private static func check(_ outcome: Outcome, losing limit: Int, _ what: String) {
        let delivered = Set(outcome.delivered)
        let lost = batches - delivered.intersection(0..<batches).count
        #expect(delivered.count == outcome.delivered.count, "\(what): something came twice")
        #expect(delivered.contains(1_000_000), "\(what): collection goes on")
        #expect(lost <= limit, "\(what): \(lost) batches are lost")
        guard lost > 0 else { return }
        #expect(outcome.gaps.contains { $0.reason == "damaged" }, "\(what): \(lost) batches are lost undeclared")
    }

    @Test(arguments: [5000, 300])
    func damagedPageCostsTheBatchesOnIt(lineBytes: Int) throws {
        let disk = try Self.disk(lineBytes: lineBytes)
        do {
            let database = try Self.open(disk).database
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let bytes = try #require(disk.contents(of: Self.path))
        let size = SpoolSettings.pageBytes
        // The first are the schema and the beginnings of the trees: what leads to all the rest.
        let pages = Array(1...20) + stride(from: 21, through: bytes.count / size, by: lineBytes > 1000 ? 5 : 2)
        #expect(pages.count > 15)
        var random = SeededGenerator(seed: 5)
        for page in pages {
            let copy = try Self.damaged(disk) { bytes in
                let range = (page - 1) * size..<page * size
                let content = Bool.random(using: &random) ? random.noise(size) : [UInt8](repeating: 0, count: size)
                bytes.replaceSubrange(range, with: content)
            }
            Self.check(try Self.outcome(of: copy), losing: lineBytes > 1000 ? 2 : 8, "page \(page)")
        }
    }

    /// What was brought over says nothing of how far its stream had come, also once the gap has reached the cloud.
    @Test func resumePointStaysLostUntilAnEventIsStored() throws {
        let sound = try Self.disk(lineBytes: 300)
        do {
            let spool = try Self.open(sound)
            try Self.append(Self.batches, 300, to: spool)
            try spool.flush(spool.batch(of: SpoolFixture.stream), at: Self.moment)
            try spool.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let nothing = [UInt8](repeating: 0, count: SpoolSettings.pageBytes)
        let disk = try Self.damaged(sound) { $0.replaceSubrange(..<nothing.count, with: nothing) }
        do {
            let spool = try Self.open(disk)
            while spool.nextTick == .zero { try spool.tick(at: Self.moment) }
            try spool.database.execute("DELETE FROM gaps")
        }
        let spool = try Self.open(disk)
        #expect(spool.resumePoint(of: SpoolFixture.stream) == nil)
        #expect(try spool.hasLostResumePoint(of: SpoolFixture.stream))
        try Self.append(1_000_000, 100, to: spool)
        #expect(try !spool.hasLostResumePoint(of: SpoolFixture.stream))
    }

    /// Seed 8482 of the simulation: only whole batches came over, whose stream no counter knew, and their gap was delivered.
    @Test func resumePointStaysLostWhereOnlyWholeBatchesWereSaved() throws {
        let sound = try Self.disk(lineBytes: 300)
        do {
            let database = try Self.open(sound).database
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let nothing = [UInt8](repeating: 0, count: SpoolSettings.pageBytes)
        let disk = try Self.damaged(sound) { $0.replaceSubrange(..<nothing.count, with: nothing) }
        var recovered: [SpoolRecovery] = []
        do {
            let spool = try Self.open(disk) { recovered.append($0) }
            while spool.nextTick == .zero { try spool.tick(at: Self.moment) }
            try spool.database.execute("DELETE FROM gaps")
        }
        #expect(
            recovered.contains {
                if case .salvaged(_, let saved, _) = $0 { saved > 0 } else { false }
            })
        let spool = try Self.open(disk)
        #expect(spool.resumePoint(of: SpoolFixture.stream) == nil)
        #expect(try spool.hasLostResumePoint(of: SpoolFixture.stream))
    }

    @Test func flippedBitsNeverPassUnseen() throws {
        let disk = try Self.disk(lineBytes: 3000)
        for seed in UInt64(0)..<40 {
            var random = SeededGenerator(seed: seed)
            let name = SpoolOpening.fileName + (seed % 2 == 0 ? "" : "-wal")
            let copy = try Self.damaged(disk, name) { bytes in
                guard let index = bytes.indices.randomElement(using: &random) else { return }
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            Self.check(try Self.outcome(of: copy), losing: Self.batches, "\(name), seed \(seed)")
        }
    }

    @Test(arguments: [0, 1, 512, 40_000, 150_000])
    func truncatedFileGivesWhatIsLeft(length: Int) throws {
        let disk = try Self.disk(lineBytes: 5000)
        do {
            let database = try Self.open(disk).database
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let copy = try Self.damaged(disk) { $0.removeSubrange(min(length, $0.count)...) }
        try SpoolOpening.requestCheck(in: SimulatedFolder(copy))
        let outcome = try Self.outcome(of: copy)
        #expect(outcome.isNewEpoch)
        let limit = length > 100_000 ? Self.batches * 2 / 3 : Self.batches
        if length > 0 { Self.check(outcome, losing: limit, "\(length) bytes") }
    }

    /// At any moment of it the power may go off: nothing is taken twice, and nothing is forgotten.
    @Test func powerCutDuringTheSalvageChangesNothing() throws {
        let sound = try Self.disk(lineBytes: 1500)
        let page = try #require(sound.contents(of: Self.path)).count / SpoolSettings.pageBytes / 2
        let whole = try Self.damaged(sound) { bytes in
            let start = page * SpoolSettings.pageBytes
            bytes.replaceSubrange(start..<start + 100, with: [UInt8](repeating: 0xA5, count: 100))
        }
        try SpoolOpening.requestCheck(in: SimulatedFolder(whole))
        let expected = Set(try Self.outcome(of: whole.killed()).delivered)
        var (after, isOff) = (0, true)
        while isOff {
            let disk = whole.killed()
            disk.fault = DiskFault(.powerOff, of: DiskOperation.changes, after: after)
            do {
                let spool = try Self.open(disk)
                while spool.nextTick == .zero, !disk.isOff { try spool.tick(at: Self.moment) }
            } catch {
                #expect(disk.isOff, "\(error)")
            }
            isOff = disk.isOff
            let outcome = try Self.outcome(of: disk.crash(seed: UInt64(after)))
            #expect(Set(outcome.delivered) == expected, "power off after \(after)")
            #expect(outcome.delivered.count == expected.count, "power off after \(after)")
            after += after < 60 ? 1 : 17
        }
        #expect(after > 100)
    }
}
