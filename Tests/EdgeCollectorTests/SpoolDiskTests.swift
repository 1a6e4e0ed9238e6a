import SimulatedDisk
import Testing

@testable import EdgeCollector

/// The spool on a disk that fails and loses what it may, beside a model of plain lists.
@Suite struct SpoolDiskTests {
    private static let seeds = SeededGenerator.seeds(usually: 300)

    @Test func nothingIsLostOrComesTwiceInRandomRuns() throws {
        for seed in Self.seeds {
            let run = try SpoolDiskRun(seed: seed)
            do {
                for _ in 0..<60 { try Self.step(run) }
                try run.recover()
            } catch {
                Issue.record("WAYSTATION_SEED=\(seed): \(error)\n\(run.trace.suffix(40).joined(separator: "\n"))")
            }
        }
    }

    /// One thing out of all that can happen.
    private static func step(_ run: SpoolDiskRun) throws {
        let stream = run.choose(SpoolDiskModel.names) ?? SpoolFixture.stream
        switch run.choose(0..<40) ?? 0 {
        case 0..<12: try run.append(run.choose(1..<12) ?? 1, to: stream)
        case 12..<18: try run.pass(.milliseconds(run.choose(1..<3000) ?? 1))
        case 18..<20: try run.close(stream)
        case 20: try run.close(nil)
        case 21..<23: try run.adopt()
        case 23..<27: try run.send()
        case 27..<30: try run.receive()
        case 30: try run.receive(isLost: true)
        case 31: try run.giveUp()
        case 32 where run.choose(0..<4) == 0: try run.abandonEpoch()
        case 33: try run.setAside(stream)
        case 34: try run.hold(stream)
        case 35: try run.crash(isPowerCut: run.choose(0..<3) != 0)
        case 36: try run.restart()
        case 37..<39: strike(run)
        default: run.strike(nil)
        }
    }

    private static func strike(_ run: SpoolDiskRun) {
        guard let operation = run.choose(DiskOperation.allCases) else { return }
        let kinds: [DiskFault.Kind] =
            operation == .write || operation == .name ? [.full, .inputOutput] : [.inputOutput]
        run.strike(
            DiskFault(
                run.choose(kinds) ?? .full, of: [operation], after: run.choose(0..<30) ?? 0,
                isLasting: run.choose(0..<2) == 0))
    }

    private static let faults: [DiskFault] = [
        DiskFault(.full, of: [.write, .name]), DiskFault(.full, of: [.write, .name], isLasting: true),
        DiskFault(.inputOutput, of: [.write, .name]), DiskFault(.readOnly, of: [.write, .name], isLasting: true),
        DiskFault(.inputOutput, of: [.sync]), DiskFault(.inputOutput, of: [.sync], isLasting: true),
        DiskFault(.inputOutput, of: [.read, .open]), DiskFault(.inputOutput, of: [.read, .open], isLasting: true),
        DiskFault(.inputOutput, of: [.resize]),
    ]

    @Test(arguments: faults)
    func failureAtAnyOperationLosesNothing(of kind: DiskFault) throws {
        var fault = kind
        var hasFailed = true
        while hasFailed {
            let run = try SpoolDiskRun(seed: 1)
            run.strike(fault)
            do {
                try Self.workload(run)
                hasFailed = run.disk.hasFailed || run.hasReopened
                try run.recover()
                try run.append(3, to: SpoolFixture.stream)
                try run.crash()
            } catch {
                Issue.record("\(error)\n\(run.trace.joined(separator: "\n"))")
            }
            fault.after += 1
        }
        #expect(fault.after > (kind.operations == [.resize] ? 1 : 15), "that many operations have failed")
    }

    @Test func powerCutAtAnyOperationLosesNothingThatWasWrittenDown() throws {
        var (after, isOff) = (0, true)
        var caution = 0
        while isOff {
            let run = try SpoolDiskRun(seed: UInt64(after))
            run.strike(DiskFault(.powerOff, of: DiskOperation.changes, after: after))
            do {
                do { try Self.workload(run) } catch  where run.disk.isOff {}
                isOff = run.disk.isOff
                try run.crash()
                try run.append(20, to: SpoolFixture.stream)
                try run.recover()
                caution += run.caution
            } catch {
                Issue.record("power off after \(after): \(error)\n\(run.trace.joined(separator: "\n"))")
            }
            after += 1
        }
        #expect(after > 100)
        #expect(caution * 50 < after, "a power cut is hardly ever taken for damage")
    }

    /// A little of all that a spool is used for.
    private static func workload(_ run: SpoolDiskRun) throws {
        let (first, second) = (SpoolDiskModel.names[0], SpoolDiskModel.names[1])
        try run.append(9, to: first)
        try run.pass(.seconds(1))
        try run.append(5, to: second)
        try run.close(first)
        try run.adopt()
        try run.append(6, to: second)
        try run.pass(.seconds(1))
        try run.send()
        try run.setAside(first)
        try run.receive()
        try run.send()
        try run.giveUp()
        try run.append(9, to: first)
        try run.close(nil)
        try run.abandonEpoch()
        try run.adopt()
        try run.restart()
        try run.append(12, to: first)
        try run.send()
        try run.receive()
        try run.pass(.seconds(4))
    }
}
