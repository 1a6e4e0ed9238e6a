import SQLite
import StreamDefinition

/// The warehouse in an SQLite file: tables in third normal form, the ledger of what was merged, live counters.
///
/// What it holds is a function of the set of messages merged, whatever their order, repetition and batching. Its
/// layout stands at `WarehouseSchema`. Not for use from two threads at a time; a file may have any number of connections,
/// also of other processes: each merge is a transaction that waits for others, and nothing is remembered between two.
public final class SQLiteWarehouse {
    /// The streams it holds.
    public let plans: [StreamPlan]
    /// The file.
    public let path: String

    let database: SQLiteDatabase
    let folds: [FoldPlan]
    private var writers: [String: StreamWriter] = [:]

    /// Opens the file at `path`; with `readWrite` makes it and the tables of new streams.
    public init(path: String, plans: [StreamPlan], access: SQLiteDatabase.Access = .readWrite) throws {
        (self.path, self.plans) = (path, plans)
        database = try SQLiteDatabase(path: path, access: access)
        folds = plans.map { FoldPlan($0) }
        let schema = WarehouseSchema(database: database, path: path)
        switch access {
        case .readOnly:
            try schema.prepare(folds, access: access)
        case .readWrite:
            // A commit has reached the disk when it returns.
            try database.execute(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                    + "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000")
            try database.transaction { try schema.prepare(folds, access: access) }
        }
    }

    /// Merges batches in one transaction that is durable on return: ledger, rows, counters and watermark, or nothing.
    ///
    /// A batch whose identity was merged before changes nothing.
    public func merge(_ contributions: [BatchContribution]) throws -> MergeReport {
        try database.transaction {
            let ledger = Ledger(database: database)
            let last = try ledger.watermark()
            var outcomes: [MergeReport.Outcome] = []
            var deltas: [String: MergeDelta] = [:]
            var tallies: [String: LiveTally] = [:]
            for contribution in contributions {
                let stream = contribution.delta.stream.name
                let outcome = try ledger.enter(contribution.entry, watermark: last + 1)
                outcomes.append(outcome)
                guard outcome == .merged else { continue }
                tallies[stream, default: LiveTally()].events += contribution.entry.events
                tallies[stream, default: LiveTally()].malformed += contribution.entry.malformed
                if deltas[stream] == nil {
                    deltas[stream] = contribution.delta
                } else {
                    deltas[stream]?.merge(contribution.delta)
                }
            }
            for stream in deltas.keys.sorted() {
                guard let delta = deltas[stream], var tally = tallies[stream] else { continue }
                try writer(stream).write(delta, counting: &tally)
                try tally.write(stream, delta, in: database)
            }
            return MergeReport(outcomes: outcomes, watermark: deltas.isEmpty ? last : last + 1)
        }
    }

    private func writer(_ stream: String) throws -> StreamWriter {
        if let known = writers[stream] { return known }
        guard let fold = folds.first(where: { $0.stream.name == stream }) else {
            throw WarehouseError.unknownStream(stream)
        }
        let writer = try StreamWriter(fold, in: database)
        writers[stream] = writer
        return writer
    }

    /// The batch of that identity, where it was merged.
    public func ledgerEntry(device: String, epoch: Int64, sequence: Int64) throws -> LedgerEntry? {
        try Ledger(database: database).entry(device: device, epoch: epoch, sequence: sequence)
    }

    /// The newest batch of each device, in the order of the devices; its backlog is what the last merged one has told.
    public func latestEntries() throws -> [LedgerEntry] {
        try Ledger(database: database).latest()
    }

    /// The number of the last commit that merged something, 0 before the first.
    public var watermark: Int64 {
        get throws { try Ledger(database: database).watermark() }
    }

    /// Hands each row of a statement to `body`, which reads it by column position.
    public func forEachRow(
        _ sql: String, _ parameters: [SQLiteValue] = [], _ body: (SQLiteStatement) throws -> Void
    ) throws {
        try database.prepare(sql).forEachRow(parameters, body)
    }
}
