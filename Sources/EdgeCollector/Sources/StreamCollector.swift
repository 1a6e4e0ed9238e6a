import BatchFormat
import StreamDefinition
import Transfer

/// Keeps one stream subscribed and its events recorded: carries out what `Subscription` decides.
final class StreamCollector: SourceCollector {
    /// How far before the resume point a fetch begins: times come out of order, and what comes twice is harmless.
    static let overlapMilliseconds: Int64 = 60_000

    let stream: EdgeConfiguration.Stream
    let transfers: any Transfers
    let spool: Spool
    private let limit: ConnectionLimit
    private let liveClaim: ConnectionLimit.Claim
    private let fetchClaim: ConnectionLimit.Claim
    let recorder: EventRecorder
    private let log: EdgeLog
    private var random: SeededGenerator
    private var subscription: Subscription

    private var link: TransferIdentifier?
    private var fetch: TransferIdentifier?
    private var linkLines = LineSplitter()
    var linkEvents = EventStreamParser()
    private var fetchLines = LineSplitter()
    private var fetchedEvents = 0
    private var connections: Int64 = 0

    /// Called when the source answers: the network is there.
    var didConnect: () -> Void = {}

    init(
        _ stream: EdgeConfiguration.Stream, transfers: any Transfers, limit: ConnectionLimit, spool: Spool,
        scorer: Scorer, log: EdgeLog, seed: UInt64, at moment: Moment
    ) throws {
        self.stream = stream
        self.limit = limit
        liveClaim = ConnectionLimit.Claim(stream.name, .live, url: stream.url)
        fetchClaim = ConnectionLimit.Claim(stream.name, .fetch, url: stream.resume?.url ?? stream.url)
        self.transfers = transfers
        self.spool = spool
        recorder = try EventRecorder(stream.plan, spool: spool, scorer: scorer)
        self.log = log.with("stream", stream.name)
        random = SeededGenerator(seed: seed)
        let source = stream.plan.source
        subscription = Subscription(
            .init(
                silence: source.silence, canResume: stream.resume != nil || source.transport == .sse,
                beginsAnywhere: source.transport != .websocket),
            resumePoint: spool.resumePoint(of: stream.name),
            hasLostResumePoint: try spool.hasLostResumePoint(of: stream.name), at: moment.monotonic)
    }

    let descriptor: Int32? = nil
    private var resumePoint: Int64? { spool.resumePoint(of: stream.name) }

    /// The stream's name.
    var name: String { stream.name }

    /// Whether the source is connected.
    var isConnected: Bool {
        if case .open = subscription.link { true } else { false }
    }

    /// Whether nothing is known to be missing that could still be fetched.
    var isCaughtUp: Bool { subscription.catchUp == nil && subscription.missedSince == nil }

    /// Times the source was connected again.
    var reconnects: Int64 { max(0, connections - 1) }

    /// When `tick` has something to do.
    var deadline: Duration? { subscription.deadline }

    /// Time has passed, or the spool has changed its mind about new events.
    func tick(at moment: Moment) {
        if !spool.accepts(stream.name) {
            let actions = subscription.pause(resumePoint: resumePoint)
            if !actions.isEmpty { log(.warning, "The spool takes no more events; the source is closed until it does.") }
            carryOut(actions, at: moment)
            limit.release(liveClaim)
        } else if subscription.link == .paused {
            log(.notice, "The spool takes events again.")
            subscription.goOn(at: moment.monotonic)
        }
        carryOut(subscription.tick(resumePoint: resumePoint, at: moment.monotonic, using: &random), at: moment)
    }

    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool {
        guard let identifier = event.identifier else { return false }
        if identifier == link {
            try handleLink(event, identifier, at: moment)
        } else if identifier == fetch {
            try handleFetch(event, at: moment)
        } else {
            return false
        }
        return true
    }

    // MARK: - The stream

    private func handleLink(_ event: TransferEvent, _ identifier: TransferIdentifier, at moment: Moment) throws {
        switch event {
        case .webSocketOpened:
            opened(at: moment)
        case .head(_, let response):
            linkLines = LineSplitter()
            guard response.status == 200 else { return }
            if let reason = wrongType(response) {
                transfers.cancel(identifier)
                return lost(reason, at: moment)
            }
            opened(at: moment)
        case .webSocketMessages(_, let messages):
            for message in messages { try message.bytes.withUnsafeBytes { try received($0, at: moment) } }
        case .body where !isConnected:
            break  // What an error says of itself is no event.
        case .body(_, let bytes) where stream.plan.source.transport == .sse:
            try linkEvents.append(bytes) { try received($0, at: moment) }
        case .body(_, let bytes):
            try linkLines.append(bytes) { line in
                guard link != nil else { return }
                switch subscription.judge(Self.fingerprint(line)) {
                case .new: try received(line, at: moment)
                case .known: subscription.received(fingerprint: 0, at: moment.monotonic)
                case .differs:
                    transfers.cancel(identifier)
                    lost("it tells what was missed otherwise than before, and is asked again", at: moment)
                }
            }
        case .webSocketClosed(_, .success(let closure)):
            lost("the server closed it with code \(closure.code) \(closure.reason)", at: moment)
        case .webSocketClosed(_, .failure(let error)), .response(_, .failure(let error)):
            lost("\(error)", at: moment)
        case .response(_, .success(let response)):
            lost("the server ended it with status \(response.status)", at: moment)
        case .webSocketPong, .readable, .writable:
            break
        }
    }

    private func opened(at moment: Moment) {
        log(.info, "The stream is connected.", ["url": "\(stream.url)"])
        connections += 1
        didConnect()
        carryOut(subscription.opened(at: moment.monotonic), at: moment)
    }

    func received(_ message: UnsafeRawBufferPointer, at moment: Moment) throws {
        try recorder.record(message, at: moment)
        let actions = subscription.received(fingerprint: Self.fingerprint(message), at: moment.monotonic)
        carryOut(actions, at: moment)
    }

    private func lost(_ reason: String, at moment: Moment) {
        link = nil
        limit.release(liveClaim)
        log(.warning, "The stream is not connected: \(reason).", ["url": "\(stream.url)"])
        carryOut(subscription.lost(resumePoint: resumePoint, at: moment.monotonic, using: &random), at: moment)
        if let retry = linkEvents.retry { subscription.waitAtLeast(retry, from: moment.monotonic) }
    }

    // MARK: - What was missed

    private func handleFetch(_ event: TransferEvent, at moment: Moment) throws {
        switch event {
        case .head(_, let response):
            fetchLines = LineSplitter()
            fetchedEvents = 0
            if response.status == 200 { subscription.fetchOpened(at: moment.monotonic) }
        case .body(_, let bytes) where subscription.isFetchAnswered:
            try fetchLines.append(bytes) { line in
                if fetch != nil { try fetched(line, at: moment) }
            }
        case .response(_, let result):
            fetch = nil
            limit.release(fetchClaim)
            let (end, reason) = Self.fetchEnd(result)
            if end == .complete { try fetchLines.finish { try recorder.record($0, at: moment) } }
            if end != .complete { log(.warning, "What was missed could not be fetched: \(reason).") }
            carryOut(subscription.fetchEnded(end, at: moment.monotonic, using: &random), at: moment)
        default:
            break
        }
    }

    private func fetched(_ line: UnsafeRawBufferPointer, at moment: Moment) throws {
        let fingerprint = Self.fingerprint(line)
        var time: Int64?
        switch subscription.judge(fingerprint) {
        case .new:
            fetchedEvents += 1
            time = try recorder.record(line, at: moment).flatMap { spool.isPlausible($0, at: moment) ? $0 : nil }
        case .known: break
        case .differs:
            log(.warning, "The source tells what was missed otherwise than before; it is asked again.")
            carryOut([.endFetch], at: moment)
            carryOut(subscription.fetchEnded(.failed, at: moment.monotonic, using: &random), at: moment)
            return
        }
        carryOut(subscription.fetched(fingerprint: fingerprint, time: time, at: moment.monotonic), at: moment)
    }

    private static func fetchEnd(
        _ result: Result<HTTPResponse, TransferError>
    ) -> (end: Subscription.FetchEnd, reason: String) {
        switch result {
        case .failure(let error): (.failed, "\(error)")
        case .success(let response):
            switch response.status {
            case 200: (.complete, "")
            case 408, 429, 500...: (.failed, "the server answered with status \(response.status)")
            default: (.refused, "the server answered with status \(response.status)")
            }
        }
    }

    // MARK: - What `Subscription` decides

    private func carryOut(_ actions: [Subscription.Action], at moment: Moment) {
        for action in actions {
            switch action {
            case .open(let since):
                guard limit.take(liveClaim) else {
                    log(.info, "The stream waits: its host allows no more connections at once.")
                    subscription.waitForTurn(from: moment.monotonic)
                    continue
                }
                link = open(since: since, at: moment)
            case .close:
                if let link { transfers.cancel(link) }
                link = nil
                limit.release(liveClaim)
                log(.warning, "The stream is closed from here.")
            case .fetch(let since):
                guard limit.take(fetchClaim) else {
                    subscription.fetchHasToWait(from: moment.monotonic)
                    continue
                }
                log(.info, "What was missed is being fetched.", ["since": "\(since)"])
                fetch = transfers.beginStreaming(request(since: since, at: moment))
            case .endFetch:
                if let fetch { transfers.cancel(fetch) }
                fetch = nil
                limit.release(fetchClaim)
            case .hold(let milliseconds):
                spool.holdResumePoint(of: stream.name, at: milliseconds)
            case .release:
                log(.info, "What was missed is there.", ["events": "\(fetchedEvents)"])
                spool.releaseResumePoint(of: stream.name, at: moment)
            case .declareMissing(let from):
                declareMissing(from: from, at: moment)
            }
        }
    }

    func declareMissing(from: Int64?, at moment: Moment) {
        log(.warning, "What was missed cannot be fetched; a gap is declared.", ["since": from.map { "\($0)" } ?? "?"])
        let gap = Gap(
            fromMilliseconds: from, toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "missed")
        spool.declare(gap, in: stream.name, at: moment)
    }

    /// A number that two messages share only by chance, unless they are the same (FNV-1a, 64 bits).
    static func fingerprint(_ message: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in EventRecorder.withoutLineEnd(message) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
