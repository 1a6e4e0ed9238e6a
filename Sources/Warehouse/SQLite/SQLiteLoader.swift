import SQLite
import StreamDefinition

/// Fills an SQLite file. What most messages bring anew, the things and what is kept with them, is held in memory for many
/// batches and written once; revisions are written at once, and readers' indexes at the end.
final class SQLiteLoader: WarehouseLoader {
    /// What is held is written once it takes so many bytes, or the oldest of it is so old: what a kill costs.
    private static let (heldBytes, heldTime) = (48 << 20, Duration.seconds(10))

    /// What is sorted at once for an index.
    private static let sortedKilobytes = 8192

    private let warehouse: SQLiteWarehouse
    /// By stream what its batches bring, but for the history.
    private var held: [String: MergeDelta] = [:]
    /// When the transaction began; nil between two.
    private var began: ContinuousClock.Instant?

    init(path: String, plans: [StreamPlan]) throws {
        warehouse = try SQLiteWarehouse(path: path, plans: plans, access: .loading)
        // Indexes are sorted by a second thread too.
        try warehouse.database.execute("PRAGMA foreign_keys = OFF; PRAGMA threads = 1")
    }

    func add(_ contributions: [BatchContribution]) throws -> [MergeReport.Outcome] {
        if began == nil {
            try warehouse.database.execute("BEGIN IMMEDIATE")
            began = .now
        }
        do {
            let next = try ledger.watermark() + 1
            let group = try MergeGroup(BatchGroup(contributions), of: warehouse.plans) {
                try ledger.enter($0, watermark: next)
            }
            try group.forEachStream(in: warehouse) { try write(&$0, &$1, watermark: next) }
            if isFull { try commit() }
            return group.outcomes
        } catch {
            rollBack()
            throw error
        }
    }

    func rawKey(device: String, epoch: Int64, sequence: Int64) throws -> String? {
        try warehouse.ledgerEntry(device: device, epoch: epoch, sequence: sequence)?.rawKey
    }

    func commit() throws {
        guard began != nil else { return }
        do {
            let watermark = try ledger.watermark()
            for (stream, delta) in held {
                let writer = try warehouse.writer(stream)
                var changes = ChangedDays(writer.fold)
                var ordered = OrderedDelta(delta)
                try writer.writeNewest(&ordered, &changes)
                try writer.note(changes, watermark: watermark)
            }
            try warehouse.database.execute("COMMIT")
            (held, began) = ([:], nil)
        } catch {
            rollBack()
            throw error
        }
    }

    func finish() throws {
        try commit()
        // What an index holds is sorted in pieces of the cache's size: small ones take a third less time.
        try warehouse.database.execute("PRAGMA cache_size = -\(Self.sortedKilobytes)")
        try SQLiteSchema(database: warehouse.database, path: warehouse.path).makeIndexes(warehouse.folds)
    }

    private var ledger: Ledger { Ledger(database: warehouse.database) }

    private func write(_ ordered: inout OrderedDelta, _ tally: inout LiveTally, watermark: Int64) throws {
        let delta = ordered.delta
        let stream = delta.stream.name
        let writer = try warehouse.writer(stream)
        var changes = ChangedDays(writer.fold)
        try writer.writeHistory(&ordered, &changes, counting: &tally)
        try writer.note(changes, watermark: watermark)
        try tally.write(stream, delta, in: warehouse.database)
        held[stream, default: MergeDelta(plan: delta.stream)].mergeNewest(delta)
    }

    private var isFull: Bool {
        held.values.reduce(0) { $0 + $1.byteCount } >= Self.heldBytes
            || began.map { .now - $0 >= Self.heldTime } == true
    }

    private func rollBack() {
        (held, began) = ([:], nil)
        warehouse.database.rollBack()
    }
}
