import SQLite

/// Writes the deltas of one stream into its tables.
struct StreamWriter {
    private let fold: FoldPlan
    private let newest: [NewestWriter]
    private let children: [ChildWriter]
    private let history: HistoryWriter?

    init(_ fold: FoldPlan, in database: SQLiteDatabase) throws(SQLiteError) {
        self.fold = fold
        newest = try fold.newest.map { (table) throws(SQLiteError) in
            let columns = table.plan.columns.map(\.name)
            return try NewestWriter(table.plan.name, columns: columns, key: table.key, in: database)
        }
        children = try fold.children.map { (child) throws(SQLiteError) in try ChildWriter(child, in: fold, database) }
        history = try fold.history.map { (history) throws(SQLiteError) in try HistoryWriter(history, in: fold, database)
        }
    }

    /// Writes each key of the delta once, and counts the revisions that are new to the warehouse.
    func write(_ delta: MergeDelta, counting tally: inout LiveTally) throws(SQLiteError) {
        let result: Result<LiveTally, SQLiteError> = delta.texts.withView { texts in
            do throws(SQLiteError) {
                var tally = tally
                for index in newest.indices { try writeNewest(index, delta, texts) }
                try history?.write(delta, texts) { number, change in
                    if let rows = delta.revisions { tally.count(number, change, in: rows, delta.texts) }
                }
                return .success(tally)
            } catch {
                return .failure(error)
            }
        }
        tally = try result.get()
    }

    private func writeNewest(_ index: Int, _ delta: MergeDelta, _ texts: TextView) throws(SQLiteError) {
        let rows = delta.newest[index]
        let own = fold.children.indices.filter { fold.children[$0].owner == index }
        for number in rows.sorted(texts) {
            let row = rows.row(number)
            let outcome = try newest[index].write(row, time: rows.times[number], texts)
            if outcome == .older { continue }
            for child in own {
                let table = fold.children[child].table
                let cells = ChildRows.sorted(delta.children[child].rows(of: number), table.width, delta.texts)
                try children[child].write(cells, of: row, outcome, texts)
            }
        }
    }
}
