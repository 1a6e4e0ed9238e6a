import BatchFormat
import StreamDefinition
import Transfer

/// Keeps one stream subscribed and its events recorded: carries out what `Subscription` decides.
final class StreamCollector {
    /// How far before the resume point a fetch begins: times come out of order, and what comes twice is harmless.
    static let overlapMilliseconds: Int64 = 60_000

    private let stream: EdgeConfiguration.Stream
    private let transfers: TransferLoop
    private let spool: Spool
    private let recorder: EventRecorder
    private let log: EdgeLog
    private var random: SeededGenerator
    private var subscription: Subscription

    private var link: TransferIdentifier?
    private var fetch: TransferIdentifier?
    private var linkLines = LineSplitter()
    private var fetchLines = LineSplitter()
    private var fetchedEvents = 0

    private var connections: Int64 = 0

    /// Where scored events are sent as they come; nil for nowhere.
    var feed: EventFeed? {
        get { recorder.feed }
        set { recorder.feed = newValue }
    }

    /// Called when the source answers: the network is there.
    var didConnect: () -> Void = {}

    init(
        _ stream: EdgeConfiguration.Stream, transfers: TransferLoop, spool: Spool, scorer: Scorer, log: EdgeLog,
        seed: UInt64, at moment: Moment
    ) throws {
        self.stream = stream
        self.transfers = transfers
        self.spool = spool
        recorder = try EventRecorder(stream: stream.name, time: stream.plan.time, spool: spool, scorer: scorer)
        self.log = log.with("stream", stream.name)
        random = SeededGenerator(seed: seed)
        let source = stream.plan.source
        subscription = Subscription(
            .init(
                silence: source.silence, canResume: stream.resume != nil, beginsAnywhere: source.transport == .http),
            resumePoint: spool.resumePoint(of: stream.name), at: moment.monotonic)
    }

    private var resumePoint: Int64? { spool.resumePoint(of: stream.name) }

    /// The stream's name.
    var name: String { stream.name }

    /// Whether the source is connected.
    var isConnected: Bool {
        if case .open = subscription.link { true } else { false }
    }

    /// Times the source was connected again.
    var reconnects: Int64 { max(0, connections - 1) }

    /// When `tick` has something to do.
    var deadline: Duration? { subscription.deadline }

    /// Time has passed, or the spool has changed its mind about new events.
    func tick(at moment: Moment) {
        if !spool.isAccepting {
            let actions = subscription.pause(resumePoint: resumePoint)
            if !actions.isEmpty { log(.warning, "The spool takes no more events; the source is closed until it does.") }
            carryOut(actions, at: moment)
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
            try handleLink(event, at: moment)
        } else if identifier == fetch {
            try handleFetch(event, at: moment)
        } else {
            return false
        }
        return true
    }

    // MARK: - The stream

    private func handleLink(_ event: TransferEvent, at moment: Moment) throws {
        switch event {
        case .webSocketOpened:
            opened(at: moment)
        case .head(_, let response) where response.status == 200:
            opened(at: moment)
        case .webSocketMessage(_, _, let message):
            try message.withUnsafeBytes { try received($0, at: moment) }
        case .body(_, let bytes):
            try linkLines.append(bytes) { try received($0, at: moment) }
        case .webSocketClosed(_, .success(let closure)):
            lost("the server closed it with code \(closure.code) \(closure.reason)", at: moment)
        case .webSocketClosed(_, .failure(let error)), .response(_, .failure(let error)):
            lost("\(error)", at: moment)
        case .response(_, .success(let response)):
            lost("the server ended it with status \(response.status)", at: moment)
        case .head, .webSocketPong, .readable, .writable:
            break
        }
    }

    private func opened(at moment: Moment) {
        log(.info, "The stream is connected.", ["url": "\(stream.url)"])
        connections += 1
        didConnect()
        carryOut(subscription.opened(at: moment.monotonic), at: moment)
    }

    private func received(_ message: UnsafeRawBufferPointer, at moment: Moment) throws {
        let fingerprint = subscription.needsFingerprints ? Self.fingerprint(message) : nil
        try recorder.record(message, at: moment)
        carryOut(subscription.received(fingerprint: fingerprint, at: moment.monotonic), at: moment)
    }

    private func lost(_ reason: String, at moment: Moment) {
        link = nil
        log(.warning, "The stream is not connected: \(reason).", ["url": "\(stream.url)"])
        carryOut(subscription.lost(resumePoint: resumePoint, at: moment.monotonic, using: &random), at: moment)
    }

    // MARK: - What was missed

    private func handleFetch(_ event: TransferEvent, at moment: Moment) throws {
        switch event {
        case .head(_, let response) where response.status == 200:
            subscription.fetchOpened(at: moment.monotonic)
        case .body(_, let bytes):
            try fetchLines.append(bytes) { line in
                guard fetch != nil else { return }
                fetchedEvents += 1
                try recorder.record(line, at: moment)
                let fingerprint = Self.fingerprint(line)
                carryOut(subscription.fetched(fingerprint: fingerprint, at: moment.monotonic), at: moment)
            }
        case .response(_, let result):
            fetch = nil
            let (end, reason) = Self.fetchEnd(result)
            if end == .complete { try fetchLines.finish { try recorder.record($0, at: moment) } }
            if end != .complete { log(.warning, "What was missed could not be fetched: \(reason).") }
            carryOut(subscription.fetchEnded(end, at: moment.monotonic, using: &random), at: moment)
        default:
            break
        }
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

    // MARK: - Doing

    private func carryOut(_ actions: [Subscription.Action], at moment: Moment) {
        for action in actions {
            switch action {
            case .open(let since):
                link = open(since: since)
            case .close:
                if let link { transfers.cancel(link) }
                link = nil
                log(.warning, "The stream is closed from here.")
            case .fetch(let since):
                log(.info, "What was missed is being fetched.", ["since": "\(since)"])
                fetchLines = LineSplitter()
                fetchedEvents = 0
                fetch = transfers.beginStreaming(request(since: since))
            case .endFetch:
                if let fetch { transfers.cancel(fetch) }
                fetch = nil
            case .hold(let milliseconds):
                spool.holdResumePoint(of: stream.name, at: milliseconds)
            case .release:
                log(.info, "What was missed is there.", ["events": "\(fetchedEvents)"])
                spool.releaseResumePoint(of: stream.name, at: moment)
            case .declareMissing(let from):
                log(.warning, "What was missed cannot be fetched; a gap is declared.", ["since": "\(from)"])
                let gap = Gap(
                    fromMilliseconds: from, toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "missed")
                spool.declare(gap, in: stream.name, at: moment)
            }
        }
    }

    private func open(since: Int64?) -> TransferIdentifier {
        switch stream.plan.source.transport {
        case .websocket:
            return transfers.openWebSocket(WebSocketRequest(url: stream.url))
        case .http:
            linkLines = LineSplitter()
            if let since { return transfers.beginStreaming(request(since: since)) }
            return transfers.beginStreaming(HTTPRequest(url: stream.url, totalTimeout: nil))
        }
    }

    /// Asks for all after `since`, a little earlier for good measure.
    private func request(since: Int64) -> HTTPRequest {
        guard let resume = stream.resume else { preconditionFailure("only a source that can resume is asked to") }
        let separator = resume.url.contains("?") ? "&" : "?"
        let from = max(0, since - Self.overlapMilliseconds)
        return HTTPRequest(url: "\(resume.url)\(separator)\(resume.parameter)=\(from)", totalTimeout: nil)
    }

    /// A number that two messages share only by chance, unless they are the same (FNV-1a, 64 bits).
    static func fingerprint(_ message: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in EventRecorder.withoutLineEnd(message) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
