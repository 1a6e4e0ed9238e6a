import PostgreSQL
import StreamDefinition

/// Merges the latest revision of each thing, and beside it what only the thing's newest message says.
struct LatestMerge {
    /// Where the identities of things with new revisions are put, quoted.
    let changed: String

    private let staging: StagingTable
    private let changedTable: StagingTable
    /// For each staged column where it comes from: the owner's row, or the delta's greatest revision.
    private let sources: [(isOwner: Bool, position: Int)]
    /// Of things that are known already the times as they were; then these take the greatest of their stored revisions,
    /// which gives the times as they are. Empty where the table holds nothing of revisions.
    private let updateRevisions: [String]
    /// The times of things that are new, or of which the newest message says something else.
    private let changedTimes: String
    /// Inserts the former, and updates the latter.
    private let upsert: String
    /// Whether the table holds the times.
    private let hasTimes: Bool
    private let connection: PostgreSQLConnection

    init(
        _ table: FoldPlan.Table, _ history: FoldPlan.History, in fold: FoldPlan, prefix: String,
        _ connection: PostgreSQLConnection
    ) throws(PostgreSQLError) {
        self.connection = connection
        let (schema, revisions) = (
            TableSchema(table, in: fold, .postgresql), TableSchema(history.revisions, in: fold, .postgresql)
        )
        let (columns, versions) = (table.plan.columns, history.revisions.plan.columns)
        let sql = SQLDialect.postgresql
        let identity = columns[table.key[0]]
        let shared = columns.filter { column in
            column.name != identity.name && versions.contains { $0.path == column.path }
        }
        let owned = columns.filter { column in
            column.name != identity.name && !shared.contains { $0.name == column.name }
        }
        sources =
            (0...owned.count).map { (true, $0) }
            + shared.compactMap { column in versions.firstIndex { $0.path == column.path }.map { (false, $0) } }
        staging = try StagingTable(
            prefix + table.plan.name,
            ([identity] + owned + shared).map { .init(name: $0.name, type: sql.word($0.type)) }
                + [.init(name: TableSchema.version, type: sql.integer)], connection)
        changedTable = try StagingTable(
            prefix + "_changed", [.init(name: identity.name, type: sql.word(identity.type))], connection)
        changed = changedTable.name
        let key = TableSchema.quoted(identity.name)
        let taken = shared.compactMap { column in versions.first { $0.path == column.path }?.name }
        let order = revisions.key.dropFirst().map { "r.\(TableSchema.quoted($0)) DESC" }.joined(separator: ", ")
        let time = shared.first { $0.path == versions[history.time].path }.map { TableSchema.quoted($0.name) }
        hasTimes = time != nil
        let length = fold.stream.unit.time(ofMilliseconds: UTCDays.milliseconds)
        /// The first and the last time of each day, or of two days around 1970; without times one row, if there are any.
        func bounds(_ times: String) -> String {
            "SELECT min(x), max(x) FROM (\(times)) AS times (x) GROUP BY x / \(length)"
        }
        let isChanged = "t.\(key) = ANY (ARRAY(SELECT \(key) FROM \(changed)))"
        let old = time.map { "t.\($0)" } ?? "0::bigint"
        let update = """
            UPDATE \(schema.name) AS t SET (\(TableSchema.list(shared.map(\.name)))) = \
            (SELECT \(TableSchema.list(taken)) FROM \(revisions.name) AS r \
            WHERE r.\(TableSchema.quoted(revisions.key[0])) = t.\(key) ORDER BY \(order) LIMIT 1) WHERE \(isChanged) \
            RETURNING \(old) AS x
            """
        updateRevisions =
            shared.isEmpty
            ? []
            : [
                bounds("SELECT \(old) FROM \(schema.name) AS t WHERE \(isChanged)"),
                "WITH updated AS (\(update)) \(bounds("SELECT x FROM updated"))",
            ]
        let ownedOrder = RowOrderSQL(owned, in: schema)
        let new = time.map { "s.\($0)" } ?? "0::bigint"
        changedTimes = bounds(
            """
            SELECT CASE WHEN t.\(key) IS NULL THEN \(new) ELSE \(old) END FROM \(staging.name) AS s \
            LEFT JOIN \(schema.name) AS t ON t.\(key) = s.\(key) WHERE t.\(key) IS NULL \
            OR \(ownedOrder.isNewer("s", "t")) AND \(ownedOrder.differs("s", "t"))
            """)
        let all = TableSchema.list(([identity] + owned + shared).map(\.name) + [TableSchema.version])
        let setters = (owned.map(\.name) + [TableSchema.version]).map(TableSchema.quoted).map {
            "\($0) = excluded.\($0)"
        }
        upsert = """
            INSERT INTO \(schema.name) AS t (\(all)) SELECT \(all) FROM \(staging.name) ON CONFLICT (\(key)) \
            DO UPDATE SET \(setters.joined(separator: ", ")) \
            WHERE \(ownedOrder.isNewer("excluded", "t"))
            """
    }

    /// Writes things after their revisions; `greatest` are the greatest revisions of each in this delta. Notes the days that
    /// rows are of, and were of.
    func write(
        _ ordered: OrderedDelta, greatest: [Int], _ days: inout ChangedDays.Days, _ texts: TextView
    ) throws(PostgreSQLError) {
        guard let owners = ordered.delta.owners, let order = ordered.owners?.numbers,
            let rows = ordered.delta.revisions?.rows
        else { return }
        for sql in updateRevisions { note(try connection.runOnce(sql), &days) }
        try staging.fill { copy throws(PostgreSQLError) in
            // Both are in the order of the identities, and there is one of each for each thing.
            for (number, greatest) in zip(order, greatest) {
                let (owner, revision) = (owners.row(number), rows.row(greatest))
                copy.beginRow(fields: staging.width)
                for source in sources {
                    let row = source.isOwner ? owner : revision
                    copy.append(row[row.startIndex + source.position], texts)
                }
                copy.append(integer: owners.times[number])
            }
        }
        note(try connection.runOnce(changedTimes), &days)
        _ = try connection.runOnce(upsert)
    }

    private func note(_ bounds: PostgreSQLResult, _ days: inout ChangedDays.Days) {
        for row in 0..<bounds.rowCount {
            guard hasTimes else { return days.noteTable() }
            days.note(bounds.integer(row, 0))
            days.note(bounds.integer(row, 1))
        }
    }
}
