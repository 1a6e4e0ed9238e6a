/// What came of one upload.
enum UploadAnswer: Equatable {
    /// A receipt that is signed and for this very batch.
    case receipt
    /// Any answer but 200.
    case refused(status: Int, retryAfter: Duration?, reason: String)
    /// An answer of 200 that proves nothing: why.
    case unbelievable(String)
    /// No answer at all: why.
    case none(String)
    /// Not even a connection: why.
    case noConnection(String)
}

/// What becomes of a batch after an answer.
enum UploadAction: Equatable {
    /// It is safe in the cloud: free it.
    case free
    /// It stays and is tried again: why.
    case keep(String)
    /// The cloud will never take it: to the dead letters.
    case giveUp(String)
    /// The cloud holds another batch of this name: a new epoch is needed, and new seals for all that is left.
    case newEpoch(String)
}

/// Decides which uploads are under way and what an answer means; does nothing itself.
///
///     answer                  batch      next try
///     receipt                 freed      at once
///     409                     kept       under a new epoch
///     400 413 415 422         given up   the next batch, at once
///     401 403                 kept       slowly: 10 s doubling to the limit
///     429 503, any other      kept       1 s doubling to the limit, full jitter, not before Retry-After
///     none                    kept       1 s doubling to the limit, full jitter; at once when the link returns
///
/// Without even a connection the answer is none, too, and meanwhile `LinkProbe` looks whether the link returns. An upload
/// that was begun in that state is begun again then: where packets vanish, its next one may be half a minute away.
/// After a failure one batch alone is tried until one succeeds.
///
/// Order of uploads, see `UploadOrder`. Rows grow with the order of sealing. Live-first, one that is greater than all
/// that were delivered or are under way goes next; failing that, the oldest that waits, up to `parallel` at once. So
/// when the link returns, the newest batch is the first to travel, and each one sealed meanwhile passes the backlog
/// once. An upload that fails gives its place back. Strict, the oldest goes, alone.
struct UploadQueue: Equatable {
    /// A server may ask for so much patience, not more.
    static let retryAfterLimit: Duration = .seconds(3600)
    /// The bound of the first wait after the cloud did not accept the device.
    static let refusedFirst: Duration = .seconds(10)

    /// Why nothing is sent for a while.
    enum Pause: Equatable {
        /// The cloud did not answer.
        case unreachable(until: Duration)
        /// The cloud asked for patience, or its answer makes no sense.
        case busy(until: Duration)
        /// The cloud does not accept the device.
        case unwelcome(until: Duration)

        var until: Duration {
            switch self {
            case .unreachable(let until), .busy(let until), .unwelcome(let until): until
            }
        }
    }

    private let parallel: Int
    private let order: UploadOrder
    private var greatestDone: Int64 = 0
    private(set) var inFlight: Set<Int64> = []
    private(set) var pause: Pause?
    /// Whether the last upload did not even get a connection.
    private(set) var isDisconnected = false
    /// Whether the last upload got its receipt.
    private(set) var isHealthy = false
    private var backoff: Backoff
    private var refusedBackoff: Backoff

    /// - Parameter parallel: how many uploads may be under way.
    init(parallel: Int, order: UploadOrder = .liveFirst, retryFirst: Duration, retryLimit: Duration) {
        self.parallel = order == .strict ? 1 : parallel
        self.order = order
        backoff = Backoff(first: retryFirst, limit: retryLimit)
        refusedBackoff = Backoff(first: max(retryFirst, Self.refusedFirst), limit: retryLimit)
    }

    /// Whether another upload may begin.
    func admits(at now: Duration) -> Bool {
        if let pause, now < pause.until { return false }
        let isProbing = backoff.failures > 0 || refusedBackoff.failures > 0
        return inFlight.count < (isProbing ? 1 : parallel)
    }

    /// The newest batch goes next if its row is greater than this, else the oldest; nil where the oldest always does.
    var liveMark: Int64? {
        order == .liveFirst ? max(greatestDone, inFlight.max() ?? 0) : nil
    }

    /// When `admits` may change its mind; nil while only an answer can.
    func deadline(after now: Duration) -> Duration? {
        pause.flatMap { $0.until > now ? $0.until : nil }
    }

    /// An upload of that batch has begun.
    mutating func begin(_ batch: Int64) {
        inFlight.insert(batch)
        pause = nil
    }

    /// Forgets all uploads under way, because they were dropped.
    mutating func dropAll() {
        inFlight = []
    }

    /// The link may be there again: what waits only for that is tried at once. True where what is under way has been
    /// begun without a link and is to be dropped and begun again: its next packet may be long in coming.
    mutating func linkReturned() -> Bool {
        if case .unreachable = pause { pause = nil }
        defer { isDisconnected = false }
        return isDisconnected && !inFlight.isEmpty
    }

    /// An upload has ended.
    mutating func receive(
        _ answer: UploadAnswer, for batch: Int64, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> UploadAction {
        inFlight.remove(batch)
        isDisconnected = false
        isHealthy = answer == .receipt
        switch answer {
        case .receipt:
            succeeded()
            greatestDone = max(greatestDone, batch)
            return .free
        case .refused(409, _, let reason):
            succeeded()
            return .newEpoch(reason)
        case .refused(400, _, let reason), .refused(413, _, let reason), .refused(415, _, let reason),
            .refused(422, _, let reason):
            succeeded()
            greatestDone = max(greatestDone, batch)
            return .giveUp(reason)
        case .refused(401, _, let reason), .refused(403, _, let reason):
            pause = .unwelcome(until: now + refusedBackoff.next(using: &random))
            return .keep(reason)
        case .refused(_, let retryAfter, let reason):
            let wait = max(backoff.next(using: &random), min(retryAfter ?? .zero, Self.retryAfterLimit))
            pause = .busy(until: now + wait)
            return .keep(reason)
        case .unbelievable(let reason):
            pause = .busy(until: now + backoff.next(using: &random))
            return .keep(reason)
        case .none(let reason):
            pause = .unreachable(until: now + backoff.next(using: &random))
            return .keep(reason)
        case .noConnection(let reason):
            isDisconnected = true
            pause = .unreachable(until: now + backoff.next(using: &random))
            return .keep(reason)
        }
    }

    private mutating func succeeded() {
        backoff.reset()
        refusedBackoff.reset()
        pause = nil
    }
}
