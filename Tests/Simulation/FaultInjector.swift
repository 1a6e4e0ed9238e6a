import EdgeCollector
import SimulatedDisk

/// Makes the faults of a scenario happen.
final class FaultInjector {
    private let world: World
    private var random: SeededGenerator

    init(_ world: World, seed: UInt64) {
        self.world = world
        random = SeededGenerator(seed: seed)
    }

    /// Puts all down in the agenda.
    func arrange() {
        for fault in world.scenario.faults {
            let device = world.devices[fault.device]
            let span = span()
            let chance = random.next()
            world.agenda.at(fault.time) { [unowned world] in
                guard world.agenda.now < world.scenario.duration else { return }
                Self.strike(fault.kind, device, for: span, chance, in: world)
            }
            if fault.kind == .restoredDisk {
                let before = Int64.random(in: 0...fault.time, using: &random)
                world.agenda.at(before) { device.takeImage() }
            }
        }
        guard world.scenario.kinds.contains(.refusedFetches) else { return }
        for _ in 0..<4 {
            let time = Int64.random(in: 0...world.scenario.duration, using: &random)
            let status = [429, 503, 500, 404].randomElement(using: &random)
            let span = span()
            world.agenda.at(time) { [unowned world] in
                if world.agenda.now < world.scenario.duration { world.source.fetchRefusal = status }
            }
            world.agenda.at(time + span) { [unowned world] in world.source.fetchRefusal = nil }
        }
    }

    /// From an instant to hours; mostly seconds and minutes.
    private func span() -> Int64 {
        let scale = [300, 3000, 30_000, 30_000, 120_000, 120_000, 600_000, 7_200_000].randomElement(using: &random)
        return Int64.random(in: 1...Int64(scale ?? 300), using: &random)
    }

    private static func strike(
        _ kind: FaultKind, _ device: SimulatedDevice, for span: Int64, _ chance: UInt64, in world: World
    ) {
        let agenda = world.agenda
        let isNoticed = chance & 1 == 0
        switch kind {
        case .cloudCut: cut([device.cloudLink], device, "cloud", span, isNoticed, agenda)
        case .sourceCut: cut([device.sourceLink], device, "source", span, isNoticed, agenda)
        case .bothCut: cut([device.cloudLink, device.sourceLink], device, "all", span, isNoticed, agenda)
        case .slowCloud:
            device.note("its link to the cloud is slow")
            device.cloudLink.latency = Int64(chance % 90_000)
            agenda.after(span) { device.cloudLink.latency = device.usualLatency }
        case .stuckSource:
            device.note("its link to the source is stuck")
            device.sourceLink.stick(until: agenda.now + min(span, 180_000))
        case .cloudCrash:
            if chance % 3 == 0 { return world.cloud.crash(for: span) }
            world.cloud.crashAtUpload = chance % 3 == 1 ? .beforeCommit : .behindCommit
        case .cloudRefusal: refuse(span, chance, world)
        case .sourceDown:
            world.source.setUp(false)
            agenda.after(span) { world.source.setUp(true) }
        case .kill: device.kill(for: min(span, 600_000))
        case .powerCut: device.cutPower(for: min(span, 600_000))
        case .restart: device.restart()
        case .restoredDisk: device.restoreImage()
        case .fullDisk: device.fail(.full, for: span)
        case .failingDisk: device.fail(.inputOutput, for: span)
        case .wallJump:
            let errors: [Int64] = [
                -SimulatedClock.beginning, 400_000_000_000, 2_500_000_000_000, 3_600_000, -3_600_000, 90_000_000,
                -40_000,
                0,
            ]
            device.setClock(error: errors[Int(chance % UInt64(errors.count))], isSynchronized: false)
        case .damage: device.damage()
        case .lostReplies, .repeatedRequests, .awkwardLines, .smallQuota, .refusedFetches: break
        }
    }

    private static func cut(
        _ links: [Link], _ device: SimulatedDevice, _ name: String, _ span: Int64, _ isNoticed: Bool, _ agenda: Agenda
    ) {
        device.note("its link to \(name) is cut for \(span) ms")
        for link in links {
            link.cut(until: agenda.now + span, isNoticed: isNoticed)
            agenda.after(span) { link.mend(at: agenda.now) }
        }
    }

    private static func refuse(_ span: Int64, _ chance: UInt64, _ world: World) {
        let statuses = [429, 503, 401, 403, 500]
        let status = statuses[Int(chance % UInt64(statuses.count))]
        let patience = Int64(chance >> 8) & 0x1FF
        let date = SimulatedClock.beginning + world.agenda.now + patience * 1000
        let retryAfter = chance & 128 == 0 ? "\(patience)" : HTTPDateText.text(milliseconds: date)
        let isPolite = status == 429 || status == 503
        let unwillingness = SimulatedCloud.Unwillingness(status: status, retryAfter: isPolite ? retryAfter : nil)
        world.cloud.unwillingness = unwillingness
        world.agenda.after(span) { world.cloud.unwillingness = nil }
    }
}
