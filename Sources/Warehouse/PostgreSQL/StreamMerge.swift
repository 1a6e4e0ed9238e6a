import PostgreSQL

/// Merges the deltas of one stream into its tables. Whoever calls it holds the warehouse's lock in a transaction, so that
/// nothing changes between two statements.
struct StreamMerge {
    private let fold: FoldPlan
    private let newest: [NewestMerge]
    private let history: HistoryMerge?
    private let connection: PostgreSQLConnection

    /// - Parameter number: tells the staging tables of streams apart.
    init(_ fold: FoldPlan, number: Int, _ connection: PostgreSQLConnection) throws(PostgreSQLError) {
        (self.fold, self.connection) = (fold, connection)
        var newest: [NewestMerge] = []
        for index in fold.newest.indices {
            newest.append(try NewestMerge(index, in: fold, prefix: "_\(number)_", connection))
        }
        self.newest = newest
        history = try fold.history.map { (history) throws(PostgreSQLError) in
            try HistoryMerge(history, in: fold, prefix: "_\(number)_", connection)
        }
    }

    /// Writes each key of the delta once, and counts the revisions that are new to the warehouse.
    /// - Returns: what it changed.
    func write(_ ordered: inout OrderedDelta, counting tally: inout LiveTally) throws(PostgreSQLError) -> ChangedDays {
        ordered.orderNewest()
        ordered.orderHistory()
        let result: Result<(LiveTally, ChangedDays), PostgreSQLError> = ordered.delta.texts.withView { texts in
            do throws(PostgreSQLError) {
                var (tally, changes) = (tally, ChangedDays(fold))
                for table in newest { try table.write(ordered, &changes, texts) }
                if let history, let rows = ordered.delta.revisions {
                    for change in try history.write(ordered, &changes, texts) {
                        tally.count(change.number, change.rows, in: rows)
                    }
                }
                return .success((tally, changes))
            } catch {
                return .failure(error)
            }
        }
        let changes: ChangedDays
        (tally, changes) = try result.get()
        return changes
    }

    /// Keeps what the commit of that watermark changes.
    func note(_ changes: ChangedDays, watermark: Int64) throws(PostgreSQLError) {
        for (table, day) in changes.entries(fold) {
            _ = try connection.run(ChangedDays.upsert, [.text(table), .integer(day), .integer(watermark)])
        }
    }
}
