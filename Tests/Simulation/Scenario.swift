import EdgeCollector

/// All that a seed decides before a run begins: who takes part, how they are set up, and what goes wrong when.
struct Scenario {
    /// A fault that comes at its time.
    struct TimedFault {
        /// When, in simulated milliseconds.
        let time: Int64
        let kind: FaultKind
        /// The device it strikes.
        let device: Int
    }

    /// How a device reaches its stream.
    enum Subscription: CaseIterable {
        /// A WebSocket, and chunked HTTP for what was missed.
        case webSocket
        /// Chunked HTTP from the resume point on.
        case http
        /// A WebSocket, and no way back.
        case webSocketAlone
    }

    /// How one device is set up.
    struct Device {
        let subscription: Subscription
        let spool: SpoolSettings
        let uplink: UplinkSettings
        /// Of cloud and source, in milliseconds.
        let latency: (cloud: Int64, source: Int64)
        /// How wrong the wall clock is at first, in milliseconds.
        let clockError: Int64
        let isSynchronized: Bool
    }

    let seed: UInt64
    let devices: [Device]
    let kinds: Set<FaultKind>
    /// When the faults end.
    let duration: Int64
    /// About how many messages the source sends until then.
    let messages: Int
    let faults: [TimedFault]

    /// Draws the scenario of a seed.
    init(seed: UInt64) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        let kinds = Set(FaultKind.allCases.filter { _ in Int.random(in: 0..<100, using: &random) < 30 })
        let minute: Int64 = 60_000
        let isLong = Int.random(in: 0..<10, using: &random) == 0
        let duration = Int64.random(in: isLong ? 60 * minute...240 * minute : 4 * minute...30 * minute, using: &random)
        let count = [1, 1, 1, 2, 2, 3].randomElement(using: &random) ?? 1
        devices = (0..<count).map { _ in Self.device(kinds, &random) }
        messages = Int.random(in: 60...260, using: &random)
        let timed = FaultKind.allCases.filter { $0.isTimed && kinds.contains($0) }
        faults = timed.flatMap { kind in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in
                TimedFault(
                    time: Int64.random(in: 5000...duration, using: &random), kind: kind,
                    device: Int.random(in: 0..<count, using: &random))
            }
        }
        self.kinds = kinds
        self.duration = duration
    }

    private static func device(_ kinds: Set<FaultKind>, _ random: inout SeededGenerator) -> Device {
        let subscriptions: [Subscription] = [.webSocket, .webSocket, .webSocket, .webSocket, .http, .webSocketAlone]
        let errors: [Int64] = [0, 0, 0, 0, 0, -200, 4000, -SimulatedClock.beginning, 700_000_000_000]
        let error = errors.randomElement(using: &random) ?? 0
        return Device(
            subscription: subscriptions.randomElement(using: &random) ?? .webSocket,
            spool: spool(kinds, &random), uplink: uplink(&random),
            latency: (
                cloud: Int64.random(in: 1...400, using: &random), source: Int64.random(in: 1...400, using: &random)
            ),
            clockError: error, isSynchronized: error.magnitude < 1000 && Bool.random(using: &random))
    }

    private static func spool(_ kinds: Set<FaultKind>, _ random: inout SeededGenerator) -> SpoolSettings {
        var settings = SpoolSettings()
        settings.flushInterval = .milliseconds(Int64.random(in: 200...5000, using: &random))
        settings.sealInterval = .seconds(Int64.random(in: 5...90, using: &random))
        settings.sealBytes = [4 << 10, 16 << 10, 256 << 10].randomElement(using: &random) ?? 256 << 10
        settings.flushBytes = [1 << 10, 64 << 10].randomElement(using: &random) ?? 64 << 10
        settings.compressionLevel = 1
        if kinds.contains(.smallQuota) {
            let pages = SpoolSettings.logPages + Int.random(in: 30...60, using: &random)
            settings.quotaBytes = settings.sealBytes + pages * SpoolSettings.pageBytes
        }
        return settings
    }

    private static func uplink(_ random: inout SeededGenerator) -> UplinkSettings {
        var settings = UplinkSettings()
        settings.parallel = Int.random(in: 1...4, using: &random)
        settings.order = [.liveFirst, .liveFirst, .strict].randomElement(using: &random) ?? .liveFirst
        settings.timeout = .seconds([5, 30, 60].randomElement(using: &random) ?? 60)
        settings.retryLimit = .seconds([20, 120, 900].randomElement(using: &random) ?? 900)
        if Int.random(in: 0..<6, using: &random) == 0 { settings.bandwidth = 16 << 10 }
        return settings
    }
}
