import SQLite

/// The sealed batches that are in memory alone (`durability = when-offline`), and what the disk is to learn of them.
///
/// What holds, though they travel before they are written down:
///
/// - **A name is never used for two contents.** Before the first batch is held, the epoch is marked as lent in the table
///   `lent`. The mark goes in the transaction that writes all that is held. A start that finds it, after a kill, gives the
///   epoch up: what is held was sealed under sequences that the disk never saw, so that new batches need a new epoch. Those
///   on the disk keep name and seal, for they are what was sent, if they were. Only the cloud grants epochs, and only while
///   it is reached is anything held: the new epoch costs a request. The old one may end with a hole where a batch was
///   under way at the kill; its events come again under the new one.
/// - **The resume point on the disk is never ahead of what the disk or the cloud has.** It moves only in `Spool.write`,
///   each transaction of which begins with writing all batches that are still held, the totals and the resume points as
///   they were at the last closing. Events of the open batch come behind that point.
/// - So a source that can resume loses nothing by a kill: it is asked again from the last note on the disk (see
///   `HoldPolicy.noteInterval`), and what comes twice the cloud merges once. One that cannot loses what no receipt has
///   covered: its open batch and those under way.
struct HeldBatches {
    /// Beside the format's first tables, so that a spool of an earlier build gets it too.
    static let table = "CREATE TABLE IF NOT EXISTS lent (epoch INTEGER PRIMARY KEY)"

    /// Whether an epoch is lent; false for a spool of a build that knew no such thing, too.
    static func isMarked(in database: SQLiteDatabase) throws -> Bool {
        let hasTable = try database.statement("SELECT 1 FROM sqlite_schema WHERE name = 'lent'").firstRow() != nil
        return try hasTable && database.statement("SELECT 1 FROM lent").firstRow() != nil
    }

    /// What a stream's row on the disk lacks.
    struct Unnoted {
        /// Of all batches closed in memory since the last note, delivered ones included.
        var counts = BatchCounts()
        /// As of the last closing.
        var resume: Int64?
        /// As of the last closing.
        var position: SourcePosition?
    }

    private(set) var batches: [Int64: HeldBatch] = [:]
    private(set) var streams: [String: Unnoted] = [:]
    private(set) var sealed: Int64 = 0
    private(set) var acknowledged: Int64 = 0
    /// The bytes of the files.
    private(set) var byteCount = 0

    /// Whether the disk knows all.
    var isNoted: Bool { sealed == 0 && acknowledged == 0 && streams.isEmpty && batches.isEmpty }

    /// When the oldest of them was sealed, on the monotonic clock.
    var oldestAt: Duration? { batches.values.map(\.sealedAt).min() }

    /// The rows in the order of sealing.
    var rows: [Int64] { batches.keys.sorted() }

    mutating func add(_ batch: HeldBatch, as row: Int64) {
        batches[row] = batch
        byteCount += batch.file.count
        sealed += 1
        let stream = batch.closed.stream
        streams[stream, default: Unnoted()].counts.add(batch.closed.counts)
        streams[stream]?.resume = batch.resume
        streams[stream]?.position = batch.position
    }

    /// The cloud has signed for that batch.
    mutating func acknowledge(_ row: Int64) {
        guard let batch = batches.removeValue(forKey: row) else { return }
        byteCount -= batch.file.count
        acknowledged += 1
    }

    /// All is on the disk now.
    mutating func markWritten() {
        self = HeldBatches()
    }
}
