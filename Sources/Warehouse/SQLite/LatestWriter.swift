import SQLite
import StreamDefinition

/// Writes the latest revision of each thing, and beside it what only the thing's newest message says.
struct LatestWriter {
    /// What is stored of a thing.
    struct Known {
        /// The time of the newest message.
        let version: Int64
        /// Whether the offered owner's columns come from a newer message, or a greater one of the same time.
        let isOlder: Bool
        /// Whether they differ.
        let isOther: Bool
        /// The time of the stored revision, where the table holds it.
        let time: Int64?
    }

    private let select: CellStatement
    /// The greatest identity; nil where identities are no integers.
    private let selectGreatest: CellStatement?
    private let insert: CellStatement
    private let updateOwner: CellStatement
    private let updateVersion: CellStatement
    /// Takes the greatest of the stored revisions.
    private let updateRevision: CellStatement
    /// For each column of the insert where it comes from: the owner's row, or the revision.
    private let sources: [(isOwner: Bool, position: Int)]
    /// The column of the select that holds the revision's time, and the time's position in a revision; nil where the table
    /// does not hold it.
    private let storedTime: (column: Int, position: Int)?

    init(
        _ table: FoldPlan.Table, _ history: FoldPlan.History, _ revisions: TableSchema, _ database: SQLiteDatabase
    ) throws(SQLiteError) {
        let columns = table.plan.columns
        let versions = history.revisions.plan.columns
        let identity = table.key[0]
        let shared = columns.indices.filter { column in
            column != identity && versions.contains { $0.path == columns[column].path }
        }
        let owned = columns.indices.filter { $0 != identity && !shared.contains($0) }
        sources =
            [(true, 0)] + owned.indices.map { (true, $0 + 1) }
            + shared.map { column in (false, versions.firstIndex { $0.path == columns[column].path } ?? 0) }
        let name = TableSchema.quoted(table.plan.name)
        let version = TableSchema.quoted(TableSchema.version)
        func quoted(_ positions: [Int]) -> [String] { positions.map { TableSchema.quoted(columns[$0].name) } }
        let key = quoted([identity])[0]
        let all = quoted([identity] + owned + shared) + [version]
        let marks = Array(repeating: "?", count: all.count).joined(separator: ", ")
        let timeColumn = quoted(Array(shared.filter { columns[$0].path == versions[history.time].path }.prefix(1)))
        storedTime = timeColumn.isEmpty ? nil : (1 + owned.count, history.time)
        select = try CellStatement(
            "SELECT \(([version] + quoted(owned) + timeColumn).joined(separator: ", ")) FROM \(name) WHERE \(key) = ?",
            in: database)
        selectGreatest =
            columns[identity].type == .integer
            ? try CellStatement("SELECT max(\(key)) FROM \(name)", in: database) : nil
        insert = try CellStatement(
            "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(marks))", in: database)
        let owners = quoted(owned).enumerated().map { "\($0.element) = ?\($0.offset + 2)" }
        updateOwner = try CellStatement(
            "UPDATE \(name) SET \((owners + ["\(version) = ?\(owned.count + 2)"]).joined(separator: ", ")) "
                + "WHERE \(key) = ?1", in: database)
        updateVersion = try CellStatement("UPDATE \(name) SET \(version) = ?2 WHERE \(key) = ?1", in: database)
        let taken = shared.compactMap { column in versions.first { $0.path == columns[column].path }?.name }
        let order = revisions.key.dropFirst().map { "\(TableSchema.quoted($0)) DESC" }.joined(separator: ", ")
        updateRevision = try CellStatement(
            "UPDATE \(name) SET (\(quoted(shared).joined(separator: ", "))) = (SELECT \(TableSchema.list(taken)) "
                + "FROM \(revisions.name) WHERE \(TableSchema.quoted(revisions.key[0])) = ?1 ORDER BY \(order) LIMIT 1) "
                + "WHERE \(key) = ?1 RETURNING \(timeColumn.first ?? "NULL")", in: database)
    }

    /// The greatest identity stored, if identities are integers: things beyond it are new.
    func greatestIdentity() throws(SQLiteError) -> Int64? {
        try selectGreatest?.statement.use { (statement) throws(SQLiteError) in
            guard try statement.next(), !statement.isNull(0) else { return .min }
            return statement.integer(0)
        }
    }

    /// Finds a thing; `owner` is its identity and the columns that revisions lack, of a message of that time.
    func find(_ owner: ArraySlice<Cell>, _ time: Int64, _ texts: TextView) throws(SQLiteError) -> Known? {
        try select.statement.use { (statement) throws(SQLiteError) in
            try select.bind(owner[owner.startIndex], at: 1, texts)
            guard try statement.next() else { return nil }
            let version = statement.integer(0)
            let order = select.compare(from: 1, with: owner.dropFirst(), texts)
            return Known(
                version: version, isOlder: version < time || version == time && order < 0, isOther: order != 0,
                time: storedTime.map { statement.integer($0.column) })
        }
    }

    /// Writes a thing after its revisions; `greatest` is the greatest revision of this delta. Notes the days that the row is
    /// of, and was of.
    func write(
        _ owner: ArraySlice<Cell>, _ time: Int64, _ known: Known?, isChanged: Bool, greatest: ArraySlice<Cell>,
        _ days: inout ChangedDays.Days, _ texts: TextView
    ) throws(SQLiteError) {
        guard let known else {
            Self.note(storedTime.map { greatest[greatest.startIndex + $0.position] }, &days)
            return try insert.statement.use { (statement) throws(SQLiteError) in
                for (position, source) in sources.enumerated() {
                    let row = source.isOwner ? owner : greatest
                    try insert.bind(row[row.startIndex + source.position], at: position + 1, texts)
                }
                try statement.bind(time, at: sources.count + 1)
                try statement.runBound()
            }
        }
        if isChanged || known.isOlder && known.isOther { Self.note(known.time.map { .integer($0) }, &days) }
        if isChanged {
            try updateRevision.statement.use { (statement) throws(SQLiteError) in
                try updateRevision.bind(owner[owner.startIndex], at: 1, texts)
                while try statement.next() { Self.note(storedTime.map { _ in .integer(statement.integer(0)) }, &days) }
            }
        }
        if known.isOlder {
            let cells = known.isOther ? owner : owner.prefix(1)
            let update = known.isOther ? updateOwner : updateVersion
            try update.statement.use { (statement) throws(SQLiteError) in
                try update.bind(cells, from: 1, texts)
                try statement.bind(time, at: cells.count + 1)
                try statement.runBound()
            }
        }
    }

    private static func note(_ time: Cell?, _ days: inout ChangedDays.Days) {
        if case .integer(let moment) = time { days.note(moment) } else { days.noteTable() }
    }
}
