import BatchFormat
import SQLite

/// Keeps the events of all streams until the cloud has them; see `SpoolSchema` for the file and how it recovers.
///
/// Not for use from two threads. What `flush` has written survives a kill and a power cut. While nothing can be written,
/// `isAccepting` is false and the sources have to stop; what they had already read still fits. At the quota each stream
/// has its `OverflowPolicy`.
public final class Spool {
    static let segmentBits = 20
    /// How long a failed write waits for its next try.
    static let retryInterval: Duration = .seconds(1)
    /// What one stream may hold in memory while nothing can be written; more is dropped and declared.
    static let memoryBytes = 4 << 20

    let database: SQLiteDatabase
    let settings: SpoolSettings
    let identity: SpoolIdentity
    let recovered: (SpoolRecovery) -> Void
    /// The damaged files whose batches are not all here yet.
    var salvages: [SpoolSalvage] = []
    var open: [String: OpenBatch] = [:]
    var chain: BatchChain
    var notes = DeviceNotes()
    var held = HeldBatches()
    var holdPolicy: HoldPolicy
    /// Whether the last upload got its receipt and nothing forbids the next; told by the loop before each `tick`.
    var isUplinkHealthy = false
    var nextBatch: Int64

    /// Batches whose receipt has come but whose rows are still there.
    var acknowledged: Set<Int64> = []
    var acknowledgedAt: Duration?
    /// Closed or sealed batches without a receipt, and the bytes of their frames.
    public internal(set) var backlog = Backlog()
    /// Why nothing can be written at the moment; nil while all is well.
    public internal(set) var writeFailure: String? {
        didSet { if writeFailure == nil { failedAt = nil } }
    }
    var failedAt: Duration?
    /// When the next free pages are given back to the disk; nil while there are not many.
    var givesBackAt: Duration?
    var isOverQuota = false
    /// Whether something was written since the used space was looked at.
    var hasWritten = true
    /// Whether the quota is exceeded by what may not be dropped.
    var hasNothingToDrop = false
    /// The gaps declared since the start.
    public internal(set) var missing: [Missing: MissingCount] = [:]

    /// Where something is missing, and why.
    public struct Missing: Hashable, Sendable {
        /// The stream.
        public var stream: String
        /// One word, see `Gap`.
        public var reason: String
    }

    /// How much is missing.
    public struct MissingCount: Hashable, Sendable {
        /// How often something went missing.
        public var gaps: Int64 = 0
        /// How many events, as far as that is known.
        public var events: Int64 = 0
    }

    /// What waits for the cloud.
    public struct Backlog: Hashable, Sendable {
        /// How many batches.
        public var batches: Int64 = 0
        /// The bytes of their frames.
        public var bytes: Int64 = 0
    }

    /// How the model did on the open batch of a stream: asked for when the batch is closed, forgotten when it is.
    public var scoring: (_ stream: String) -> ScoringReport? = { _ in nil }
    /// Whether a batch is under way to the cloud.
    public var isTravelling: (_ row: Int64) -> Bool = { _ in false }
    /// Called when a batch of that stream was closed.
    public var didClose: (_ stream: String) -> Void = { _ in }

    /// Opens the spool's file, makes it where it is missing, and recovers what the last run left open.
    ///
    /// - Parameter recovered: told of each batch that had to be completed or given up.
    init(
        path: String, fileSystem: String? = nil, settings: SpoolSettings, identity: SpoolIdentity, at moment: Moment,
        recovered: @escaping (SpoolRecovery) -> Void = { _ in }
    ) throws {
        database = try SQLiteDatabase(path: path, fileSystem: fileSystem)
        self.settings = settings
        self.identity = identity
        holdPolicy = HoldPolicy(settings.durability)
        self.recovered = recovered
        try SpoolSchema.prepare(database)
        chain = try BatchChain.load(from: database, identity: identity)
        nextBatch = 1 + (try database.prepare("SELECT max(id) FROM batches").firstRow()?[0].integer ?? 0)
        try recoverOpenBatches(at: moment)
        try countBacklog()
        try measure()
    }

    /// Makes a stream known before its first event.
    public func addStream(_ stream: String) throws {
        guard open[stream] == nil else { return }
        let batch = try OpenBatch(stream: stream, level: settings.compressionLevel)
        let row = try database.statement("SELECT resume_ms FROM streams WHERE stream = ?").firstRow([.text(stream)])
        batch.greatest = row?[0].integer
        batch.storedResume = batch.greatest
        batch.position = try loadPosition(of: stream)
        batch.storedPosition = batch.position
        open[stream] = batch
    }

    /// From where the stream's source continues: the greatest event time that is stored, or what a gap being fetched
    /// holds it at; nil before the first event.
    public func resumePoint(of stream: String) -> Int64? {
        batch(of: stream).resume
    }

    /// Keeps the stored resume point at `milliseconds` until `releaseResumePoint`, whatever events come.
    public func holdResumePoint(of stream: String, at milliseconds: Int64) {
        batch(of: stream).heldResume = milliseconds
    }

    /// Lets the stored resume point follow the events again.
    public func releaseResumePoint(of stream: String, at moment: Moment) {
        let batch = batch(of: stream)
        batch.heldResume = nil
        if batch.isUnwritten { batch.touch(at: moment.monotonic) }
    }

    /// Whether all sources may read on.
    public var isAccepting: Bool { writeFailure == nil && (!isOverQuota || open.keys.allSatisfy(accepts)) }

    /// Writes down and closes what is due at that moment, and does a little housekeeping.
    public func tick(at moment: Moment) throws {
        let now = moment.monotonic
        if writeFailure != nil {
            if let failedAt, now - failedAt < Self.retryInterval { return }
            failedAt = now
            try retry(at: moment)
            guard writeFailure == nil else { return }
        }
        try tendHeld(at: moment)
        for batch in open.values {
            if let opened = batch.openedAt, now - opened >= settings.sealInterval {
                try close(batch, at: moment)
            } else if isDue(batch, at: now) {
                try flush(batch, at: moment)
            }
        }
        if let acknowledgedAt, now - acknowledgedAt >= settings.flushInterval { try write {} }
        if let since = notes.unwrittenSince, now - since >= DeviceNotes.interval, !holdPolicy.isHolding {
            try write {}
        }
        let isToMeasure = hasWritten
        hasWritten = false
        if isToMeasure { try read { try measure() } }
        if isOverQuota { try makeRoom(at: moment) }
        try continueSalvage(at: moment)
        try giveSpaceBack(at: moment, isAsked: isToMeasure)
    }

    /// When `tick` has something to do, on the monotonic clock; nil while nothing is under way.
    public var nextTick: Duration? {
        if writeFailure != nil { return failedAt.map { $0 + Self.retryInterval } ?? .zero }
        if !salvages.isEmpty, isAccepting { return .zero }
        var due = earlier(givesBackAt, acknowledgedAt.map { $0 + settings.flushInterval })
        due = earlier(due, holdPolicy.deadline(oldestHeldAt: held.oldestAt))
        for batch in open.values {
            if let since = batch.unwrittenSince { due = earlier(due, since + patience(of: batch)) }
            if let opened = batch.openedAt { due = earlier(due, opened + settings.sealInterval) }
        }
        return due
    }

    /// Writes down, closes and seals everything: the last thing before the program ends. Where that failed,
    /// `writeFailure` says why.
    public func closeAll(at moment: Moment) throws {
        try endHolding(at: moment)
        // Once more for what has failed, and for lines that could only then begin a batch.
        for _ in 0..<2 {
            for batch in open.values where batch.counts.events > 0 || batch.isUnwritten {
                try close(batch, at: moment)
            }
        }
        try write {}
    }

    /// Closes the open batch of a stream now, because what is reported about it changes.
    public func closeBatch(of stream: String, at moment: Moment) throws {
        try close(batch(of: stream), at: moment)
    }

    private func isDue(_ batch: OpenBatch, at now: Duration) -> Bool {
        guard let since = batch.unwrittenSince else { return false }
        return now - since >= patience(of: batch)
    }

    /// How long the oldest unwritten event may wait.
    private func patience(of batch: OpenBatch) -> Duration {
        batch.unwrittenBytes >= settings.flushBytes
            ? min(settings.gatherInterval, settings.flushInterval) : settings.flushInterval
    }

    func batch(of stream: String) -> OpenBatch {
        guard let batch = open[stream] else { preconditionFailure("stream '\(stream)' was never added") }
        return batch
    }
}

func earlier(_ left: Duration?, _ right: Duration?) -> Duration? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
}
