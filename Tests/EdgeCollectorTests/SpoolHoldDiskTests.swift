import BatchFormat
import SimulatedDisk
import Testing

@testable import EdgeCollector

/// `durability = when-offline` on a disk that fails and loses what it may, with sources that go on where they are told to.
@Suite struct SpoolHoldDiskTests {
    private static let seeds = SeededGenerator.seeds(usually: 150)

    /// An edge's spool, its sources, and the cloud.
    private final class Run {
        private var disk: SimulatedDisk
        private var random: SeededGenerator
        private var moment = Moment(monotonic: .seconds(100), milliseconds: SpoolFixture.start, clock: .synchronized)
        private var spool: Spool
        private var settings = SpoolSettings()
        /// How many lines each source has had so far, at most.
        private var told: [String: Int] = [:]
        private var delivered: [String: Set<Int>] = [:]
        private var sent: [BatchIdentity: [UInt8]] = [:]
        private var epoch: Int64 = 0
        private(set) var crashes = 0
        private(set) var heldSends = 0

        init(seed: UInt64) throws {
            random = SeededGenerator(seed: seed)
            disk = SimulatedDisk(seed: random.next())
            settings.durability = .whenOffline
            settings.sealInterval = .seconds(3)
            settings.sealBytes = Int.random(in: 4...32, using: &random) << 10
            spool = try Self.open(disk, settings, at: moment)
            spool.isUplinkHealthy = true
        }

        private static func open(_ disk: SimulatedDisk, _ settings: SpoolSettings, at moment: Moment) throws -> Spool {
            try SpoolOpening(
                state: SimulatedFolder(disk), settings: settings, identity: SpoolFixture.identity,
                streams: SpoolDiskModel.names
            ).open(at: moment)
        }

        func step() throws {
            let stream = SpoolDiskModel.names.randomElement(using: &random) ?? SpoolFixture.stream
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<14: try append(Int.random(in: 1...15, using: &random), to: stream)
            case 14..<22: try pass(.milliseconds(Int64.random(in: 1...2500, using: &random)))
            case 22..<32: try exchange()
            case 32: spool.isUplinkHealthy.toggle()
            case 33: try pass(.seconds(Int64.random(in: 10...130, using: &random)))
            case 34: spool.declare(Gap(events: 1, bytes: 1, reason: "missed"), in: stream, at: moment)
            case 35 where Bool.random(using: &random): try spool.abandonEpoch()
            case 36: strike()
            case 37: disk.fault = nil
            case 38: try crash()
            default: spool.isUplinkHealthy = true
            }
        }

        /// The sources go on from where the spool says, or a little before.
        private func append(_ count: Int, to stream: String) throws {
            for _ in 0..<count where spool.isAccepting {
                let number = Int(spool.position(of: stream)?.offset ?? 0)
                spool.expect(SourcePosition(offset: Int64(number + 1), mark: "file"), in: stream)
                try SpoolDiskRun.line(number).withUnsafeBytes {
                    try spool.append($0, to: stream, time: SpoolDiskRun.time(number), at: moment)
                }
                told[stream] = max(told[stream] ?? 0, number + 1)
            }
        }

        private func pass(_ span: Duration) throws {
            moment.monotonic += span
            moment.milliseconds += span.milliseconds
            try spool.tick(at: moment)
            if spool.epoch == nil, spool.writeFailure == nil {
                epoch += 1
                _ = try spool.adopt(epoch: epoch)
            }
        }

        /// Sends what waits; some of it gets no receipt, and that of others comes late.
        private func exchange(losing part: Int = 3) throws {
            var seen: Set<Int64> = []
            while let row = try spool.nextSealed(excluding: seen) {
                seen.insert(row)
                guard let file = try spool.sealedFile(row, at: moment) else { continue }
                let (manifest, events) = try SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey)
                if let before = sent[manifest.identity], before != file.bytes {
                    throw SpoolDiskModel.Violation("\(manifest.identity) stands for two contents")
                }
                sent[manifest.identity] = file.bytes
                if spool.held.batches[row] != nil { heldSends += 1 }
                if part > 0, Int.random(in: 0..<part, using: &random) == 0 { continue }
                delivered[manifest.stream, default: []].formUnion(try SpoolDiskContents.numbers(in: events))
                _ = try spool.acknowledge(row, spool.receipt(for: manifest, at: moment), at: moment)
            }
        }

        private func strike() {
            let kind: DiskFault.Kind = Bool.random(using: &random) ? .full : .inputOutput
            disk.fault = DiskFault(
                kind, of: [.write], after: Int.random(in: 0..<20, using: &random),
                isLasting: Bool.random(using: &random))
        }

        /// Cuts the power or kills the process; whatever was delivered or is stored lies before where the sources go on.
        private func crash() throws {
            crashes += 1
            disk = Bool.random(using: &random) ? disk.crash(seed: random.next()) : disk.killed()
            spool = try Self.open(disk, settings, at: moment)
            for stream in SpoolDiskModel.names where (spool.position(of: stream)?.offset ?? 0) > told[stream] ?? 0 {
                throw SpoolDiskModel.Violation("\(stream) goes on behind all it was told")
            }
        }

        /// Lifts every fault, delivers all there is and asks that it be everything.
        func finish() throws {
            disk.fault = nil
            try crash()
            spool.isUplinkHealthy = true
            for stream in SpoolDiskModel.names { try append(5, to: stream) }
            for _ in 0..<6 {
                try pass(.seconds(5))
                try exchange(losing: 0)
            }
            try spool.closeAll(at: moment)
            try exchange(losing: 0)
            try spool.closeAll(at: moment)
            for stream in SpoolDiskModel.names {
                let all = Set(0..<Int(spool.position(of: stream)?.offset ?? 0))
                let lost = all.subtracting(delivered[stream] ?? []).sorted()
                guard lost.isEmpty else { throw SpoolDiskModel.Violation("\(stream) has lost \(lost)") }
            }
            guard spool.backlog == Spool.Backlog(), spool.missing.keys.allSatisfy({ $0.reason == "missed" }) else {
                throw SpoolDiskModel.Violation("left behind: \(spool.backlog), \(spool.missing)")
            }
        }
    }

    @Test func whateverTheDiskDoesSourcesThatResumeLoseNothingAndNamesStayUnique() throws {
        var (crashes, heldSends) = (0, 0)
        for seed in Self.seeds {
            do {
                let run = try Run(seed: seed)
                for _ in 0..<80 { try run.step() }
                try run.finish()
                crashes += run.crashes
                heldSends += run.heldSends
            } catch {
                Issue.record("WAYSTATION_SEED=\(seed): \(error)")
            }
        }
        #expect(crashes >= Self.seeds.count && heldSends > Self.seeds.count, "\(crashes) crashes, \(heldSends) held")
    }
}
