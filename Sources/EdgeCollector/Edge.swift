import Cryptography
import FleetProtocol
import Glibc
import SQLite
import StreamDefinition
import Transfer

/// The running edge: one thread, one loop around `Transfers.wait`, until a signal ends it.
package final class Edge {
    /// The longest the loop waits where nothing is due.
    private static let longestWait: Duration = .seconds(30)

    let configuration: EdgeConfiguration
    private let log: EdgeLog
    private let lock: StateLock
    private let spoolFolder: any SpoolFolder
    private let transfers: any Transfers
    package let spool: Spool
    let link: CloudLink
    private let uplink: Uplink
    private let quiet: QuietWatch
    private let probe: LinkProbe
    private let epochs: EpochRequester
    let collectors: [any SourceCollector]
    private let models: [ModelSubscriber]
    let scorers: [String: Scorer]
    let local: LocalOutputs
    private var isReloadWanted = false
    private var linkHasReturned = false

    /// Takes the state directory, opens the spool in it and recovers what the last run left.
    ///
    /// - Parameters:
    ///   - surroundings: those of the machine, or of a simulation.
    ///   - local: bound already, as the configuration says; nil to have it done here.
    package init(
        _ configuration: EdgeConfiguration, in surroundings: EdgeSurroundings, local: LocalOutputs? = nil, log: EdgeLog
    ) throws {
        self.configuration = configuration
        self.log = log
        let state = configuration.state
        guard let enrolment = try Enrolment.load(from: state), let key = try DeviceKey.load(from: state) else {
            throw EdgeError.notEnrolled(state: state.path(of: Enrolment.fileName))
        }
        guard enrolment.grant.device == key.publicKey.deviceIdentifier else {
            throw EdgeError.malformedFile(
                path: state.path(of: Enrolment.keyName),
                reason: "it is not the key of device '\(enrolment.grant.device)'")
        }
        lock = try StateLock(state)
        self.local = try local ?? LocalOutputs(configuration.local, service: ServiceNotifier(), log: log)
        transfers = surroundings.transfers
        let cloud = configuration.cloud ?? enrolment.cloud

        var time = TrustedTime(clock: surroundings.clock, floorMilliseconds: surroundings.builtMilliseconds)
        time.raiseFloor(to: enrolment.floorMilliseconds)
        let identity = SpoolIdentity(
            device: enrolment.grant.device, fleet: enrolment.grant.fleet, key: key, boot: surroundings.boot)
        spoolFolder = surroundings.spoolFolder ?? state
        let spool = try SpoolOpening(
            state: spoolFolder, settings: configuration.spool, identity: identity,
            streams: configuration.streams.map(\.name)
        ).open(at: time.moment) { log(.warning, "The spool was repaired: \($0).") }
        time.raiseFloor(to: try spool.storedFloor())
        self.spool = spool
        link = CloudLink(
            transfers: transfers, enrolment: enrolment, cloud: cloud, key: key, state: state,
            proxy: configuration.proxy, time: time, log: log)

        var seeds = SeededGenerator(seed: surroundings.seed)
        uplink = Uplink(link: link, spool: spool, settings: configuration.uplink, seed: seeds.next())
        quiet = try QuietWatch(hours: configuration.uplink.quiet, link: link, state: state)
        epochs = EpochRequester(link: link, spool: spool, settings: configuration.uplink, seed: seeds.next())
        probe = LinkProbe(link: link, stream: configuration.streams[0].name, seed: seeds.next())
        let limit = ConnectionLimit(perHost: configuration.connectionsPerHost)
        let backoff = Backoff(first: configuration.uplink.retryFirst, limit: configuration.uplink.retryLimit)
        var collectors: [any SourceCollector] = []
        var models: [ModelSubscriber] = []
        var scorers: [String: Scorer] = [:]
        for stream in configuration.streams {
            let scorer = Scorer()
            scorers[stream.name] = scorer
            models.append(
                try ModelSubscriber(
                    stream: stream.name, link: link, spool: spool, scorer: scorer, state: state,
                    wait: configuration.modelWait, backoff: backoff, seed: seeds.next(), at: link.moment))
            collectors.append(
                try Self.collector(
                    stream, transfers: transfers, limit: limit, spool: spool, scorer: scorer, log: log,
                    seed: seeds.next(), at: link.moment))
        }
        self.collectors = collectors
        self.models = models
        self.scorers = scorers
        for stream in configuration.streams { spool.setOverflow(configuration.overflow(of: stream), of: stream.name) }
        spool.scoring = { scorers[$0]?.report }
        spool.didClose = { scorers[$0]?.beginBatch() }
        link.didAnswer = { [unowned self] in linkHasReturned = true }
        self.local.metrics?.metrics = { [unowned self] in try metrics().text }
        self.local.metrics?.ailment = { [unowned self] in ailment }
        for collector in collectors {
            collector.feed = self.local.feed
            collector.didConnect = { [unowned self] in linkHasReturned = true }
        }
        log(
            .notice, "The edge is running.",
            ["device": "\(enrolment.grant.device)", "fleet": "\(enrolment.grant.fleet)", "cloud": "\(cloud)"])
    }

    /// Why `run` has returned.
    enum Outcome {
        /// SIGTERM or SIGINT has come, and what was in memory is written down and sealed.
        case ended
        /// SIGHUP has come. Nothing else has happened: `run` goes on where it was.
        case reloadWanted
    }

    /// Runs until a signal comes.
    func run(signals: SignalPipe) throws -> Outcome {
        local.service.ready(at: link.moment.monotonic)
        return try noticingDamage {
            while try !turn(signals: signals) {
                guard isReloadWanted else { continue }
                isReloadWanted = false
                return .reloadWanted
            }
            local.service.stopping()
            try finish()
            log(.notice, "The edge has ended.", ["backlog": "\(spool.backlog.batches)"])
            return .ended
        }
    }

    /// Lets the next start look closely at a spool that was found damaged.
    package func noticingDamage<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            if error.isDamage { try SpoolOpening.requestCheck(in: spoolFolder) }
            throw error
        }
    }

    /// Writes down and seals what is in memory.
    package func finish() throws {
        try spool.closeAll(at: link.moment)
        if let failure = spool.writeFailure { log(.error, "Not all could be written down: \(failure).") }
    }

    /// One turn of the loop; true where it was the last.
    ///
    /// - Parameter signals: nil for an edge that no signal reaches.
    package func turn(signals: SignalPipe?) throws -> Bool {
        let watched = [signals?.descriptor].compactMap { $0 } + collectors.compactMap(\.descriptor) + local.reading
        let events = try transfers.wait(timeout: patience(), also: watched, writing: local.writing)
        let moment = link.moment
        var isLast = false
        for event in events {
            if case .readable(let descriptor) = event, let signals, descriptor == signals.descriptor {
                let received = signals.received()
                isLast = received.contains { $0 == SIGTERM || $0 == SIGINT } || isLast
                isReloadWanted = received.contains(SIGHUP) || isReloadWanted
            } else {
                try handle(event, at: moment)
            }
        }
        if linkHasReturned { linkReturned(at: moment) }
        spool.isUplinkHealthy = uplink.isHealthy && !quiet.isQuiet
        try spool.tick(at: moment)
        for collector in collectors { try collector.tick(at: moment) }
        try quiet.tick(at: moment)
        if !quiet.isQuiet {
            try epochs.tick(at: moment)
            try uplink.tick(at: moment)
            try probe.tick(isDisconnected: uplink.isDisconnected || epochs.isDisconnected, at: moment)
            for model in models { try model.tick(at: moment) }
        }
        local.tick(at: moment, status: sentence)
        return isLast
    }

    private func handle(_ event: TransferEvent, at moment: Moment) throws {
        if local.handle(event, at: moment) { return }
        for collector in collectors where try collector.handle(event, at: moment) { return }
        if try uplink.handle(event, at: moment) { return }
        if try epochs.handle(event, at: moment) || probe.handle(event) { return }
        for model in models where try model.handle(event, at: moment) { return }
    }

    private func linkReturned(at moment: Moment) {
        linkHasReturned = false
        uplink.linkReturned()
        epochs.linkReturned()
        for model in models { model.linkReturned(at: moment) }
    }

    /// How long there is nothing to do unless something comes.
    package func patience() -> Duration {
        let now = link.moment.monotonic
        var due = earlier(spool.nextTick, quiet.deadline)
        due = earlier(due, local.deadline)
        for collector in collectors { due = earlier(due, collector.deadline) }
        if !quiet.isQuiet {
            due = earlier(due, earlier(epochs.deadline, uplink.deadline(after: now)))
            due = earlier(due, probe.deadline)
            for model in models { due = earlier(due, model.deadline) }
        }
        return min(Self.longestWait, max(.zero, (due ?? now + Self.longestWait) - now))
    }

    private static func collector(
        _ stream: EdgeConfiguration.Stream, transfers: any Transfers, limit: ConnectionLimit, spool: Spool,
        scorer: Scorer, log: EdgeLog, seed: UInt64, at moment: Moment
    ) throws -> any SourceCollector {
        guard stream.plan.source.transport == .file else {
            return try StreamCollector(
                stream, transfers: transfers, limit: limit, spool: spool, scorer: scorer, log: log, seed: seed,
                at: moment)
        }
        if stream.url == StreamSource.standardInput {
            return try StandardInputCollector(stream, spool: spool, scorer: scorer, log: log)
        }
        return try FileCollector(stream, spool: spool, scorer: scorer, log: log, at: moment)
    }
}
