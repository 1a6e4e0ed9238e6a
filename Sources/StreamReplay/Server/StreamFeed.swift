import Logging
import NIOCore

/// One stream that all its clients share: takes the messages when they are due and sends each to all who are connected.
///
/// Lives on one event loop and is touched on no other thread. Messages go out in batches: each is written once for all
/// clients of a wire, and each client's socket is written to once a batch.
final class StreamFeed {
    /// A batch is sent at this size, or
    static let batchBytes = 128 << 10
    /// with this many messages, so that the loop comes to its sockets.
    static let batchMessages = 512

    private enum Stage {
        case awaitingClients, running, ended, closed
    }

    let name: String
    let configuration: ReplayConfiguration
    let loop: any EventLoop
    let logger: Logger
    var history: History
    var subscribers: [Subscriber] = []
    var scratch: [UInt8] = []
    private let material: Material
    private var stage = Stage.awaitingClients
    private var source: any MessageSource
    private var pacer: Pacer
    private var upcoming: (message: Message, due: Int64)?
    private var beginning = NIODeadline.uptimeNanoseconds(0)
    private var isPumpPlanned = false
    private var timer: Scheduled<Void>?
    private var dropped = 0
    /// What all clients of a wire get that want every message.
    private var batches: [Wire: ByteBuffer] = [:]

    init(_ stream: ReplayedStream, _ configuration: ReplayConfiguration, loop: any EventLoop, logger: Logger) {
        name = stream.name
        self.configuration = configuration
        material = stream.material
        self.loop = loop
        self.logger = logger
        source = material.makeSource()
        pacer = Pacer(pace: configuration.pace)
        history = History(limit: configuration.historyMessages)
    }

    /// Where the replay stands.
    var status: ReplayStatus {
        func clients(of wire: Wire) -> Int { subscribers.count { $0.wire == wire } }
        let isDrained = subscribers.allSatisfy { $0.catchUp == nil && $0.connection.queuedBytes == 0 }
        return ReplayStatus(
            published: history.end, webSocketClients: clients(of: .webSocket), httpClients: clients(of: .chunkedHTTP),
            eventStreamClients: clients(of: .eventStream), dropped: dropped, isDone: isDrained && stage == .ended)
    }

    /// Begins the replay, unless it waits for clients.
    func start() {
        let listeners = subscribers.count { $0.wire != .chunkedHTTP }
        guard stage == .awaitingClients, listeners >= configuration.awaitedClients else { return }
        stage = .running
        beginning = .now()
        planPump()
    }

    /// Takes a client in; from now on it gets every message.
    func add(_ subscriber: Subscriber) {
        guard stage != .closed else { return subscriber.connection.close() }
        subscriber.connection.whenGone = { [weak self, weak subscriber] in
            self?.remove { $0 === subscriber }
        }
        subscriber.connection.whenWritable = { [weak self, weak subscriber] in
            guard let self, let subscriber else { return }
            self.planStep(of: subscriber)
            self.planPump()
        }
        subscribers.append(subscriber)
        start()
        planStep(of: subscriber)
        planPump()
    }

    /// Ends the stream for all clients and takes no more.
    /// - Parameter patience: how long the clients may take to receive what waits for them and to answer.
    /// - Returns: when all connections are closed, or the patience is over.
    func close(within patience: TimeAmount) -> EventLoopFuture<Void> {
        stage = .closed
        timer?.cancel()
        let closing = subscribers
        subscribers = []
        for subscriber in closing {
            subscriber.connection.end(
                with: subscriber.wire.ending(.goingAway), awaitsAnswer: subscriber.wire == .webSocket)
        }
        let isolated = loop.assumeIsolated()
        let deadline = isolated.scheduleTask(in: patience) {
            for subscriber in closing { subscriber.connection.close() }
        }
        let closed = EventLoopFuture.andAllComplete(closing.compactMap(\.connection.whenClosed), on: loop)
        closed.assumeIsolated().whenComplete { _ in deadline.cancel() }
        return closed
    }

    /// Disconnects a client that fell too far behind.
    func drop(_ subscriber: Subscriber) {
        logger.warning(
            "A client was too slow and is disconnected.",
            metadata: ["stream": "\(name)", "address": "\(subscriber.connection.address)"])
        dropped += 1
        remove { $0 === subscriber }
        subscriber.connection.close()
    }

    private func remove(where isGone: (Subscriber) -> Bool) {
        subscribers.removeAll(where: isGone)
        // At the pace of the slowest, the others may go on without it.
        planPump()
    }

    /// Lets the pump run soon, once.
    func planPump() {
        guard stage == .running, !isPumpPlanned else { return }
        isPumpPlanned = true
        timer?.cancel()
        loop.assumeIsolated().execute { self.pump() }
    }

    private func pump() {
        isPumpPlanned = false
        guard stage == .running else { return }
        if configuration.pace == .unlimited {
            guard !subscribers.isEmpty, subscribers.allSatisfy(\.isReady) else { return }
        }
        let now = (NIODeadline.now() - beginning).nanoseconds
        let wait = publishDue(now: now)
        sendBatch()
        if stage == .ended {
            logger.info(
                "The replay has come to its end.", metadata: ["stream": "\(name)", "messages": "\(history.end)"])
        } else if let wait {
            timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(wait)) { self.planPump() }
        } else {
            planPump()
        }
    }

    /// Writes what is due into the batch.
    /// - Returns: nanoseconds until the next message is due; nil if more may be due already.
    private func publishDue(now: Int64) -> Int64? {
        let live = subscribers.filter { $0.catchUp == nil }
        let filtered = live.filter { $0.filter != nil }
        let wires = Set(live.lazy.filter { $0.filter == nil }.map(\.wire))
        for _ in 0..<Self.batchMessages {
            guard let (message, due) = nextMessage() else {
                stage = .ended
                return nil
            }
            guard due <= now else { return due - now }
            upcoming = nil
            let number = history.end
            history.append(message)
            guard !live.isEmpty else { continue }
            message.withText(&scratch) { text in
                for wire in wires { wire.append(text, number: number, to: &batches[wire, default: ByteBuffer()]) }
                for subscriber in filtered where subscriber.filter?.matches(text) == true {
                    subscriber.wire.append(text, number: number, to: &subscriber.ownBatch)
                }
            }
            guard batches.values.allSatisfy({ $0.readableBytes < Self.batchBytes }) else { return nil }
        }
        return nil
    }

    private func nextMessage() -> (message: Message, due: Int64)? {
        if let upcoming { return upcoming }
        var next = source.next()
        if next == nil && configuration.atEnd == .repetition {
            source = material.makeSource()
            next = source.next()
        }
        upcoming = next.map { ($0, pacer.due(mtime: $0.mtime, beginsTimeline: $0.beginsTimeline)) }
        return upcoming
    }

    private func sendBatch() {
        for subscriber in subscribers where subscriber.catchUp == nil {
            let batch = subscriber.filter == nil ? batches[subscriber.wire] : subscriber.ownBatch
            if let batch, batch.readableBytes > 0 { subscriber.connection.send(batch) }
            subscriber.ownBatch.clear()
            if configuration.pace != .unlimited && subscriber.connection.queuedBytes > configuration.queueBytes {
                drop(subscriber)
            }
        }
        for wire in batches.keys { batches[wire]?.clear() }
    }
}
