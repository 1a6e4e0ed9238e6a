import PostgreSQL
import StreamDefinition

/// Merges revisions and the latest of each thing.
///
/// Precise revisions stay for ever and echoes never come back, so that both can be decided by what is stored: a precise one
/// takes stored echoes of it away, a rounded one is dropped where a precise one is stored. Echoes within the delta are
/// dropped before.
struct HistoryMerge {
    /// By how many rows a revision of the delta changed the table.
    struct Change {
        let number: Int
        let rows: Int64
    }

    private static let number = "_number"
    private static let (isPrecise, first, last) = ("_precise", "_first", "_last")

    private let history: FoldPlan.History
    private let latest: LatestMerge?
    private let staging: StagingTable
    private let statement: String
    private let connection: PostgreSQLConnection

    init(
        _ history: FoldPlan.History, in fold: FoldPlan, prefix: String, _ connection: PostgreSQLConnection
    ) throws(PostgreSQLError) {
        (self.history, self.connection) = (history, connection)
        let schema = TableSchema(history.revisions, in: fold, .postgresql)
        let sql = SQLDialect.postgresql
        let plan = history.revisions.plan
        let echo: [StagingTable.Column] = [
            .init(name: Self.isPrecise, type: "boolean"), .init(name: Self.first, type: sql.integer),
            .init(name: Self.last, type: sql.integer),
        ]
        staging = try StagingTable(
            prefix + plan.name,
            plan.columns.map { .init(name: $0.name, type: sql.word($0.type)) }
                + [.init(name: Self.number, type: "integer")] + (history.echo == nil ? [] : echo), connection)
        latest = try history.latest.map { (table) throws(PostgreSQLError) in
            try LatestMerge(table, history, in: fold, prefix: prefix, connection)
        }
        statement = Self.statement(history, schema, staging: staging.name, things: latest?.changed)
    }

    /// The statement that stores new revisions and takes their echoes away; it gives the number of each of the former with 1
    /// and its time; of the latter the number of the new one with -1 and the echo's time.
    ///
    /// All parts of it see the tables as they were before it. That is right: what it inserts are no echoes of each other.
    private static func statement(
        _ history: FoldPlan.History, _ schema: TableSchema, staging: String, things: String?
    ) -> String {
        let names = history.revisions.plan.columns.map { TableSchema.quoted($0.name) }
        let (identity, time) = (names[history.identity], names[history.time])
        let others = names.filter { $0 != time }
        func same(_ names: [String], _ row: String) -> String {
            names.map { "r.\($0) = \(row).\($0)" }.joined(separator: " AND ")
        }
        func window(_ row: String) -> String {
            "\(same(others, row)) AND r.\(time) BETWEEN \(row).\(first) AND \(row).\(last)"
        }
        var conditions = ["NOT EXISTS (SELECT 1 FROM \(schema.name) AS r WHERE \(same(names, "s")))"]
        if let echo = history.echo {
            conditions.append(
                "(s.\(isPrecise) OR NOT EXISTS (SELECT 1 FROM \(schema.name) AS r WHERE \(window("s")) "
                    + "AND r.\(time) % \(echo.wholeMilliseconds) <> 0))")
        }
        let all = names.joined(separator: ", ")
        var parts = [
            "fresh AS MATERIALIZED (SELECT s.* FROM \(staging) AS s WHERE \(conditions.joined(separator: " AND ")))",
            "stored AS (INSERT INTO \(schema.name) (\(all)) SELECT \(all) FROM fresh)",
        ]
        if let things { parts.append("things AS (INSERT INTO \(things) SELECT DISTINCT \(identity) FROM fresh)") }
        var result = "SELECT \(number), 1, \(time) FROM fresh"
        if let echo = history.echo {
            parts.append(
                "gone AS (DELETE FROM \(schema.name) AS r USING fresh AS f WHERE f.\(isPrecise) AND \(window("f")) "
                    + "AND r.\(time) % \(echo.wholeMilliseconds) = 0 RETURNING f.\(number), r.\(time))")
            result += " UNION ALL SELECT \(number), -1, \(time) FROM gone"
        }
        return "WITH \(parts.joined(separator: ", ")) \(result)"
    }

    /// Merges a delta's history.
    /// - Returns: what it changed; a revision that took echoes away comes several times.
    func write(
        _ ordered: OrderedDelta, _ days: inout ChangedDays, _ texts: TextView
    ) throws(PostgreSQLError) -> [Change] {
        guard let rows = ordered.delta.revisions?.rows, rows.count > 0 else { return [] }
        let things = ordered.revisionsWithoutEchoes(texts)
        try staging.fill { copy throws(PostgreSQLError) in
            for number in things.numbers { add(rows.row(number), number, to: copy, texts) }
        }
        var changes: [Change] = []
        try connection.streamRows(statement) { result in
            changes.append(Change(number: Int(result.integer(0, 0)), rows: result.integer(0, 1)))
            days.revisions.note(result.integer(0, 2))
        }
        try latest?.write(ordered, greatest: things.greatest, &days.latest, texts)
        return changes
    }

    private func add(_ row: ArraySlice<Cell>, _ number: Int, to copy: PostgreSQLCopy, _ texts: TextView) {
        copy.beginRow(fields: staging.width)
        for cell in row { copy.append(cell, texts) }
        copy.append(shortInteger: Int32(number))
        guard let echo = history.echo, case .integer(let time) = row[row.startIndex + history.time] else { return }
        let window = echo.window(around: time)
        copy.append(boolean: echo.isPrecise(time))
        copy.append(integer: window.lowerBound)
        copy.append(integer: window.upperBound)
    }
}
