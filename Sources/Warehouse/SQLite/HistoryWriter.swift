import SQLite
import StreamDefinition

/// Writes revisions and the latest of each thing.
///
/// Precise revisions stay for ever and echoes never come back, so that both can be decided message by message in any
/// order: a precise one takes stored echoes of it away, a rounded one is dropped where a precise one is stored.
struct HistoryWriter {
    private let history: FoldPlan.History
    private let latest: LatestWriter?
    private let insert: CellStatement
    /// Takes away one revision: an echo, all of whose columns are known.
    private let delete: CellStatement
    /// Whether a precise revision is stored for a rounded one.
    private let selectPrecise: CellStatement
    /// The positions of the columns but identity and time.
    private let rest: [Int]

    init(_ history: FoldPlan.History, in fold: FoldPlan, _ database: SQLiteDatabase) throws(SQLiteError) {
        self.history = history
        let schema = TableSchema(history.revisions, in: fold, .sqlite)
        let names = history.revisions.plan.columns.map { TableSchema.quoted($0.name) }
        let (identity, time) = (names[history.identity], names[history.time])
        rest = Array(history.order.dropFirst(2))
        let marks = names.indices.map { "?\($0 + 1)" }
        insert = try CellStatement(
            "INSERT INTO \(schema.name) (\(names.joined(separator: ", "))) VALUES (\(marks.joined(separator: ", "))) "
                + "ON CONFLICT DO NOTHING", in: database)
        let same = zip(names, marks).map { "\($0) = \($1)" }
        delete = try CellStatement("DELETE FROM \(schema.name) WHERE \(same.joined(separator: " AND "))", in: database)
        let sameRest = rest.enumerated().map { "\(names[$0.element]) = ?\($0.offset + 4)" }
        let conditions = ["\(identity) = ?1", "\(time) BETWEEN ?2 AND ?3"] + sameRest
        let whole = history.echo.map { " AND \(time) % \($0.wholeMilliseconds) <> 0" } ?? ""
        selectPrecise = try CellStatement(
            "SELECT 1 FROM \(schema.name) WHERE \(conditions.joined(separator: " AND "))\(whole) LIMIT 1", in: database)
        latest = try history.latest.map { (table) throws(SQLiteError) in
            try LatestWriter(table, history, schema, database)
        }
    }

    /// Writes a delta's history; calls `count` with each revision and by how many rows it changed the table, if it did.
    func write(
        _ ordered: OrderedDelta, _ changes: inout ChangedDays, _ texts: TextView, count: (Int, Int64) -> Void
    ) throws(SQLiteError) {
        guard let rows = ordered.delta.revisions?.rows else { return }
        let things = ordered.revisionsWithoutEchoes(texts)
        // Both are in the order of the identities, and there is one of each for each thing.
        let owners = ordered.delta.owners.flatMap { rows in
            ordered.owners.map { (rows: rows, order: Array($0.numbers)) }
        }
        let greatest = try latest?.greatestIdentity()
        var start = 0
        for (thing, end) in things.ends.enumerated() {
            let owner = owners.map { ($0.rows.row($0.order[thing]), $0.rows.times[$0.order[thing]]) }
            let known = try owner.flatMap { (row, time) throws(SQLiteError) -> LatestWriter.Known? in
                if let greatest, case .integer(let identity) = row[row.startIndex], identity > greatest { return nil }
                return try latest?.find(row, time, texts)
            }
            var isChanged = false
            for number in things.numbers[start..<end] {
                let change = try write(
                    rows.row(number), isNew: latest != nil && known == nil, &changes.revisions, texts)
                if change.isStored { isChanged = true }
                if change.rows != 0 { count(number, change.rows) }
            }
            if let latest, let owner {
                try latest.write(
                    owner.0, owner.1, known, isChanged: isChanged, greatest: rows.row(things.numbers[end - 1]),
                    &changes.latest, texts)
            }
            start = end
        }
    }

    /// Stores a revision unless it is there or an echo; says by how many rows the table grew, echoes taken away.
    private func write(
        _ row: ArraySlice<Cell>, isNew: Bool, _ days: inout ChangedDays.Days, _ texts: TextView
    ) throws(SQLiteError) -> (isStored: Bool, rows: Int64) {
        guard case .integer(let time) = row[row.startIndex + history.time] else { return (false, 0) }
        if !isNew, let echo = history.echo, !echo.isPrecise(time), try hasPrecise(row, time, echo, texts) {
            return (false, 0)
        }
        let isStored = try insert.statement.use { (statement) throws(SQLiteError) in
            try insert.bind(row, from: 1, texts)
            try statement.runBound()
            return statement.changedRows > 0
        }
        guard isStored else { return (false, 0) }
        days.note(time)
        guard !isNew, let echo = history.echo, echo.isPrecise(time) else { return (true, 1) }
        var rows: Int64 = 1
        for whole in echo.wholeTimes(around: time) {
            let taken = try delete.statement.use { (statement) throws(SQLiteError) in
                try delete.bind(row, from: 1, texts)
                try statement.bind(whole, at: history.time + 1)
                try statement.runBound()
                return Int64(statement.changedRows)
            }
            if taken > 0 { days.note(whole) }
            rows -= taken
        }
        return (true, rows)
    }

    private func hasPrecise(
        _ row: ArraySlice<Cell>, _ time: Int64, _ echo: EchoRule, _ texts: TextView
    ) throws(SQLiteError) -> Bool {
        try selectPrecise.statement.use { (statement) throws(SQLiteError) in
            let window = echo.window(around: time)
            try selectPrecise.bind(row[row.startIndex + history.identity], at: 1, texts)
            try statement.bind(window.lowerBound, at: 2)
            try statement.bind(window.upperBound, at: 3)
            try selectPrecise.bind(rest.lazy.map { row[row.startIndex + $0] }, from: 4, texts)
            return try statement.next()
        }
    }
}
