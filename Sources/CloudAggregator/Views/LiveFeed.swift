import Logging

/// One computation of the snapshot for all viewers, at most two a second, and only when something changed.
actor LiveFeed {
    /// A snapshot as it goes over the wire; the number names it in `id:` and `Last-Event-ID`.
    struct Frame: Hashable, Sendable {
        let identifier: Int64
        let json: [UInt8]
    }

    /// The least time between two computations.
    static let leastInterval = Duration.milliseconds(500)
    /// How often the rate is brought up to date when nothing else changes.
    private static let rateInterval = Duration.seconds(1)
    /// How often viewers hear something when nothing changes.
    private static let keepAliveInterval = Duration.seconds(15)
    /// The viewers that may look on at once.
    static let viewerLimit = 64

    private let clock: WallClock
    private let logger: Logger
    private let compose: @Sendable (RateMeters, Int64) async throws -> Snapshot
    private var rates = RateMeters()
    private var isStale = true
    private var latest: Frame?
    private var computedAt: ContinuousClock.Instant?
    private var sentAt = ContinuousClock.now
    private var computation: Task<Frame, any Error>?
    private var viewers: [Int: AsyncStream<Frame>.Continuation] = [:]
    private var nextViewer = 0
    private var isClosed = false

    /// - Parameter compose: computes the snapshot, given the rates and the time.
    init(
        clock: WallClock, logger: Logger,
        compose: @escaping @Sendable (RateMeters, Int64) async throws -> Snapshot
    ) {
        self.clock = clock
        self.logger = logger
        self.compose = compose
    }

    /// Counts events of each stream that were merged just now.
    func noteMerge(events: [String: Int64]) {
        for (stream, count) in events { rates.record(count, of: stream, at: clock.milliseconds) }
        isStale = true
    }

    /// Something else changed that viewers see.
    func noteChange() {
        isStale = true
    }

    /// Computes and sends what is due; called several times a second.
    func tick() async {
        guard !viewers.isEmpty else { return }
        if isDue {
            do {
                send(try await compute())
            } catch {
                logger.error("The dashboard's numbers could not be computed.", metadata: ["error": "\(error)"])
            }
        } else if let latest, ContinuousClock.now - sentAt >= Self.keepAliveInterval {
            send(latest)
        }
    }

    /// The current snapshot, computed where the last one is not good any more.
    func current() async throws -> Frame {
        if let latest, !isDue { return latest }
        return try await compute()
    }

    /// The snapshots from now on: at once the current one unless the viewer has it, then each new one; a frame that comes
    /// again means that nothing changed. A viewer that falls behind gets only the newest.
    func subscribe(after identifier: Int64?) async throws -> AsyncStream<Frame> {
        guard viewers.count < Self.viewerLimit, !isClosed else { throw Refusal.busy(retryAfterSeconds: 5) }
        let first = try await current()
        let (stream, continuation) = AsyncStream.makeStream(of: Frame.self, bufferingPolicy: .bufferingNewest(1))
        nextViewer += 1
        let number = nextViewer
        viewers[number] = continuation
        continuation.onTermination = { _ in Task { await self.remove(number) } }
        if first.identifier != identifier { continuation.yield(first) }
        return stream
    }

    /// Ends all subscriptions, so that the server can stop.
    func close() {
        isClosed = true
        for continuation in viewers.values { continuation.finish() }
    }

    /// The number of viewers.
    var viewerCount: Int { viewers.count }

    private var isDue: Bool {
        guard let computedAt else { return true }
        let age = ContinuousClock.now - computedAt
        return (isStale && age >= Self.leastInterval)
            || (age >= Self.rateInterval && rates.isMoving(at: clock.milliseconds))
    }

    private func remove(_ number: Int) {
        viewers[number] = nil
    }

    private func send(_ frame: Frame) {
        sentAt = .now
        for continuation in viewers.values { continuation.yield(frame) }
    }

    /// Joins the computation under way, or starts one.
    private func compute() async throws -> Frame {
        if let computation { return try await computation.value }
        isStale = false
        computedAt = .now
        let now = max(clock.milliseconds, (latest?.identifier ?? 0) + 1)
        let task = Task { [compose, rates] in Frame(identifier: now, json: try await compose(rates, now).json) }
        computation = task
        defer { computation = nil }
        do {
            let frame = try await task.value
            latest = frame
            return frame
        } catch {
            isStale = true
            throw error
        }
    }
}
