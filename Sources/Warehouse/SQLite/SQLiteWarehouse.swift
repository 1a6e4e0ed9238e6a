import SQLite
import StreamDefinition

/// The warehouse in an SQLite file; its layout stands at `WarehouseLayout`.
final class SQLiteWarehouse: Warehouse {
    let plans: [StreamPlan]
    /// The file.
    let path: String

    let database: SQLiteDatabase
    let folds: [FoldPlan]
    var knownDataVersion: Int64 = 0
    private var writers: [String: StreamWriter] = [:]

    /// Opens the file at `path`; with `readWrite` makes it and the tables of new streams.
    init(path: String, plans: [StreamPlan], access: WarehouseAccess = .readWrite) throws {
        (self.path, self.plans) = (path, plans)
        database = try SQLiteDatabase(path: path, access: access == .readOnly ? .readOnly : .readWrite)
        folds = plans.map { FoldPlan($0) }
        if access != .readOnly {
            // Where nobody reads meanwhile, the old pages are kept aside instead of the new ones: they are few.
            if access == .loading {
                try database.execute("PRAGMA journal_mode = TRUNCATE")
            } else {
                try database.keepWriteAheadLog()
            }
            // FULL: a commit has reached the disk when it returns.
            try database.execute(
                "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16000")
        }
        try SQLiteSchema(database: database, path: path).prepare(folds, access: access)
    }

    func merge(_ group: BatchGroup) throws -> MergeReport {
        // What a row refers to is given by the same message, which the checks of a stream file see to. To look every one of
        // them up again would cost a tenth of the merge.
        try database.execute("PRAGMA foreign_keys = OFF")
        return try database.transaction {
            let ledger = Ledger(database: database)
            let last = try ledger.watermark()
            let group = try MergeGroup(group, of: plans) { try ledger.enter($0, watermark: last + 1) }
            try group.forEachStream(in: self) { ordered, tally in
                let stream = ordered.delta.stream.name
                let writer = try writer(stream)
                var changes = ChangedDays(writer.fold)
                try writer.writeNewest(&ordered, &changes)
                try writer.writeHistory(&ordered, &changes, counting: &tally)
                try writer.note(changes, watermark: last + 1)
                try tally.write(stream, ordered.delta, in: database)
            }
            return MergeReport(outcomes: group.outcomes, watermark: group.isEmpty ? last : last + 1)
        }
    }

    /// Writes the rows of a stream.
    func writer(_ stream: String) throws -> StreamWriter {
        if let known = writers[stream] { return known }
        guard let fold = folds.first(where: { $0.stream.name == stream }) else {
            throw WarehouseError.unknownStream(stream)
        }
        let writer = try StreamWriter(fold, in: database)
        writers[stream] = writer
        return writer
    }
}
