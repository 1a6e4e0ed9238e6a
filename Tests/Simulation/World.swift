import EdgeCollector

/// One run: a source, a cloud and some devices, from a scenario to its end.
final class World {
    /// How long all may take to come to rest once nothing goes wrong any more, in milliseconds.
    private static let restLimit: Int64 = 4 * 3_600_000
    /// How often it is looked whether all is at rest.
    private static let lookInterval: Int64 = 5000
    /// What may happen in a run, at most.
    private static let stepLimit: UInt64 = 3_000_000

    let scenario: Scenario
    let site: SimulationSite
    let agenda = Agenda()
    let trace: Trace
    let log: EdgeLog
    let source: SimulatedSource
    let cloud: SimulatedCloud
    private(set) var devices: [SimulatedDevice] = []
    private(set) var failures: [String] = []
    private var isSilent = false
    private var isOver = false

    /// - Parameters:
    ///   - usesWarehouse: whether the cloud merges into real tables too.
    ///   - isTraced: whether what happens is printed.
    init(seed: UInt64, site: SimulationSite, usesWarehouse: Bool, isTraced: Bool) throws {
        scenario = Scenario(seed: seed)
        self.site = site
        trace = Trace(isPrinted: isTraced)
        log = EdgeLog(level: isTraced ? .debug : .error, descriptor: isTraced ? 1 : -1)
        source = SimulatedSource(scenario, agenda: agenda, trace: trace)
        var seeds = SeededGenerator(seed: seed ^ 0x5EED_0002)
        let count = scenario.devices.count
        let ledger = try CloudLedger(source: source, devices: count, plan: site.plan, usesWarehouse: usesWarehouse)
        cloud = SimulatedCloud(
            site, ledger: ledger, devices: count, seed: seeds.next(), agenda: agenda, trace: trace)
        for number in 0..<count { devices.append(SimulatedDevice(number, world: self, seed: seeds.next())) }
        FaultInjector(self, seed: seeds.next()).arrange()
        agenda.at(scenario.duration) { [unowned self] in windDown() }
        for device in devices { agenda.after(Int64(device.number) * 700) { device.start() } }
    }

    /// Runs to the end, once; returns what did not hold.
    func run() -> [String] {
        let deadline = scenario.duration + Self.restLimit
        while !isOver, failures.isEmpty, agenda.step() {
            if agenda.now > deadline { fail("not at rest \(Self.restLimit / 60_000) minutes after the last fault") }
            if agenda.count > Self.stepLimit { fail("too much happens") }
        }
        if failures.isEmpty { Verdict(self).judge() }
        for device in devices { device.stop() }
        agenda.clear()
        return failures
    }

    /// Notes what does not hold.
    func fail(_ reason: String) {
        trace.note(agenda.now, "FAILURE", reason)
        if failures.count < 10 { failures.append(reason) }
    }

    /// Whether no reply is lost and no request repeated any more.
    private(set) var isCalm = false

    /// Nothing goes wrong any more; the stream goes on until all have caught up.
    private func windDown() {
        trace.note(agenda.now, "world", "has no more faults")
        isCalm = true
        cloud.unwillingness = nil
        cloud.crashAtUpload = nil
        source.fetchRefusal = nil
        if !source.isUp { source.setUp(true) }
        for device in devices { device.endFaults() }
        source.windDown()
        look()
    }

    private func look() {
        agenda.after(Self.lookInterval) { [unowned self] in
            if !isSilent, devices.allSatisfy(isFollowing) {
                isSilent = true
                trace.note(agenda.now, "world", "all follow the stream, which falls silent")
                source.fallSilent()
            } else if isSilent, devices.allSatisfy(isAtRest) {
                trace.note(agenda.now, "world", "is at rest")
                isOver = true
                return
            }
            look()
        }
    }

    /// Whether the device has caught up, and delivers.
    private func isFollowing(_ device: SimulatedDevice) -> Bool {
        guard let edge = device.edge, edge.spool.epoch != nil, edge.spool.isAccepting, edge.isCaughtUp else {
            return false
        }
        guard agenda.now > device.sourceLink.stuckUntil + Self.lookInterval else { return false }
        guard device.record.storedSince != nil, source.follows(device.number), edge.spool.backlog.batches <= 1 else {
            return false
        }
        return reading(device) { try !edge.spool.hasUndeclaredGaps() }
    }

    private func isAtRest(_ device: SimulatedDevice) -> Bool {
        guard let edge = device.edge else { return false }
        return edge.spool.isEmpty
    }

    /// What `body` finds; the run fails where the spool cannot be read.
    private func reading(_ device: SimulatedDevice, _ body: () throws -> Bool) -> Bool {
        do {
            return try body()
        } catch {
            fail("the spool of device \(device.number) cannot be read: \(error)")
            return false
        }
    }
}
