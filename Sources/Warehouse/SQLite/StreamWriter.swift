import SQLite

/// Writes the deltas of one stream into its tables.
struct StreamWriter {
    let fold: FoldPlan
    private let newest: [NewestWriter]
    private let children: [ChildWriter]
    private let history: HistoryWriter?
    private let upsertDay: SQLiteStatement

    init(_ fold: FoldPlan, in database: SQLiteDatabase) throws(SQLiteError) {
        self.fold = fold
        newest = try fold.newest.map { (table) throws(SQLiteError) in
            let columns = table.plan.columns.map(\.name)
            return try NewestWriter(table.plan.name, columns: columns, key: table.key, in: database)
        }
        children = try fold.children.map { (child) throws(SQLiteError) in try ChildWriter(child, in: fold, database) }
        history = try fold.history.map { (history) throws(SQLiteError) in try HistoryWriter(history, in: fold, database)
        }
        upsertDay = try database.prepare(ChangedDays.upsert)
    }

    /// Writes the rows of the tables that keep the newest, and those kept with them, each key once; notes what it changed.
    func writeNewest(_ ordered: inout OrderedDelta, _ changes: inout ChangedDays) throws {
        ordered.orderNewest()
        try ordered.delta.texts.withView { texts in
            for index in newest.indices { try writeNewest(index, ordered, &changes, texts) }
        }
    }

    /// Writes revisions and the latest of each thing, and counts the revisions that are new to the warehouse; notes what it
    /// changed.
    func writeHistory(
        _ ordered: inout OrderedDelta, _ changes: inout ChangedDays, counting tally: inout LiveTally
    ) throws {
        ordered.orderHistory()
        try ordered.delta.texts.withView { texts in
            try history?.write(ordered, &changes, texts) { number, change in
                if let rows = ordered.delta.revisions { tally.count(number, change, in: rows) }
            }
        }
    }

    /// Keeps what the commit of that watermark changes.
    func note(_ changes: ChangedDays, watermark: Int64) throws(SQLiteError) {
        for (table, day) in changes.entries(fold) {
            try upsertDay.run([.text(table), .integer(day), .integer(watermark)])
        }
    }

    private func writeNewest(
        _ index: Int, _ ordered: OrderedDelta, _ changes: inout ChangedDays, _ texts: TextView
    ) throws(SQLiteError) {
        let rows = ordered.delta.newest[index]
        let own = fold.children.indices.filter { fold.children[$0].owner == index }
        for number in ordered.newest[index].numbers {
            let row = rows.row(number)
            let outcome = try newest[index].write(row, time: rows.times[number], texts)
            switch outcome {
            case .older: continue
            case .inserted, .replaced: changes.newest[index] = true
            case .confirmed, .equal: break
            }
            for child in own {
                let cells = ordered.children[child].rows(of: number)
                if try children[child].write(cells, of: row, outcome, texts) { changes.children[child] = true }
            }
        }
    }
}
