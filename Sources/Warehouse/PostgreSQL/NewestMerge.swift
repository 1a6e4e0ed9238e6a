import PostgreSQL
import StreamDefinition

/// Merges the rows of a table that keeps the newest, and the rows that are kept with them.
struct NewestMerge {
    /// The staged column with a row's number in the delta.
    static let number = "_number"

    /// The staged column that says how many rows a table would keep with a row.
    static func count(ofChild position: Int) -> String { "_rows_\(position)" }

    private let index: Int
    private let staging: StagingTable
    private let children: [ChildMerge]
    /// Whether any row is new, or newer and other than the stored one.
    private let isChange: String
    /// Inserts what is new and updates what is newer.
    private let upsert: String
    private let connection: PostgreSQLConnection

    init(
        _ index: Int, in fold: FoldPlan, prefix: String, _ connection: PostgreSQLConnection
    ) throws(PostgreSQLError) {
        (self.index, self.connection) = (index, connection)
        let table = fold.newest[index]
        let schema = TableSchema(table, in: fold, .postgresql)
        let sql = SQLDialect.postgresql
        let own = fold.children.indices.filter { fold.children[$0].owner == index }
        staging = try StagingTable(
            prefix + table.plan.name,
            table.plan.columns.map { .init(name: $0.name, type: sql.word($0.type)) }
                + [.init(name: TableSchema.version, type: sql.integer), .init(name: Self.number, type: "integer")]
                + own.indices.map { .init(name: Self.count(ofChild: $0), type: "integer") }, connection)
        let names = table.plan.columns.map(\.name)
        let others = table.plan.columns.filter { !table.plan.key.contains($0.name) }
        let version = TableSchema.quoted(TableSchema.version)
        let setters = (others.map { TableSchema.quoted($0.name) } + [version]).map { "\($0) = excluded.\($0)" }
        let all = TableSchema.list(names + [TableSchema.version])
        let order = RowOrderSQL(others, in: schema)
        let key = table.plan.key.map(TableSchema.quoted)
        isChange = """
            SELECT EXISTS (SELECT 1 FROM \(staging.name) AS s LEFT JOIN \(schema.name) AS t \
            ON \(key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")) \
            WHERE t.\(key[0]) IS NULL OR \(order.isNewer("s", "t")) AND \(order.differs("s", "t")))
            """
        upsert = """
            INSERT INTO \(schema.name) AS t (\(all)) SELECT \(all) FROM \(staging.name) \
            ON CONFLICT (\(TableSchema.list(table.plan.key))) DO UPDATE SET \(setters.joined(separator: ", ")) \
            WHERE \(order.isNewer("excluded", "t"))
            """
        var children: [ChildMerge] = []
        for (position, child) in own.enumerated() {
            children.append(
                try ChildMerge(
                    child, at: position, in: fold, staging: staging, prefix: prefix, connection))
        }
        self.children = children
    }

    /// Writes the delta's rows, and notes whether that changes any.
    func write(_ ordered: OrderedDelta, _ changes: inout ChangedDays, _ texts: TextView) throws(PostgreSQLError) {
        let rows = ordered.delta.newest[index]
        guard rows.count > 0 else { return }
        try staging.fill { copy throws(PostgreSQLError) in
            for number in ordered.newest[index].numbers {
                copy.beginRow(fields: staging.width)
                for cell in rows.row(number) { copy.append(cell, texts) }
                copy.append(integer: rows.times[number])
                copy.append(shortInteger: Int32(number))
                for child in children { copy.append(shortInteger: Int32(child.count(of: number, ordered))) }
            }
        }
        // What is stored decides what becomes of the rows kept with these: it is looked at before it is written over.
        var rewrites: [[ChildMerge.Rewrite]] = []
        for child in children { rewrites.append(try child.compare(ordered, texts)) }
        if try connection.runOnce(isChange).integer(0, 0) == 1 { changes.newest[index] = true }
        _ = try connection.runOnce(upsert)
        for (child, rewrites) in zip(children, rewrites) { try child.write(rewrites, rows, &changes, texts) }
    }
}

extension RowOrderSQL {
    /// A condition: the row called `left` is of a newer message than the one called `right`, or of one as old and greater.
    func isNewer(_ left: String, _ right: String) -> String {
        let version = TableSchema.quoted(TableSchema.version)
        return "(\(left).\(version) > \(right).\(version) OR \(left).\(version) = \(right).\(version) "
            + "AND \(isGreater(left, right)))"
    }
}
