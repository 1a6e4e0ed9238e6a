import PostgreSQL
import StreamDefinition

/// Merges the rows that are kept with an owner's row, all of an owner at once and only where they differ.
struct ChildMerge {
    /// An owner whose rows must become others.
    struct Rewrite {
        /// Its number in the delta.
        let owner: Int
        /// Whether any are stored.
        let isStored: Bool
        /// The rows, sorted and side by side.
        let cells: [Cell]
    }

    /// What is known of an owner while its stored rows come in.
    private struct Comparison {
        let owner: Int
        let isNew: Bool
        let isNewer: Bool
        let given: [Cell]
        var isStored = false
        /// How many of the given cells were found equal.
        var equal = 0
        /// The order of what is stored and what is given, as far as it is seen.
        var order = 0
    }

    private let child: Int
    private let table: FoldPlan.Table
    private let hasCopies: Bool
    private let ownerKey: [Int]
    private let columns: [String]
    /// The keys of owners whose stored rows go.
    private let gone: StagingTable
    private let sql: ChildMergeSQL
    private let connection: PostgreSQLConnection

    /// - Parameters:
    ///   - child: the position in the plan's children.
    ///   - position: the position among those of the same owner.
    ///   - staging: where the owner's rows are staged.
    init(
        _ child: Int, at position: Int, in fold: FoldPlan, staging: StagingTable, prefix: String,
        _ connection: PostgreSQLConnection
    ) throws(PostgreSQLError) {
        (self.child, self.connection) = (child, connection)
        table = fold.children[child].table
        let owner = fold.newest[fold.children[child].owner]
        let schema = TableSchema(table, in: fold, .postgresql)
        (ownerKey, hasCopies) = (owner.key, schema.hasCopies)
        columns = table.plan.columns.map(\.name) + (hasCopies ? [TableSchema.copies] : [])
        gone = try StagingTable(
            prefix + table.plan.name,
            owner.key.map { position in
                let column = owner.plan.columns[position]
                return .init(name: column.name, type: SQLDialect.postgresql.word(column.type))
            }, connection)
        sql = ChildMergeSQL(
            schema, of: owner, TableSchema(owner, in: fold, .postgresql), columns: columns, at: position,
            staging: staging.name, gone: gone.name)
    }

    /// How many rows the delta has for an owner.
    func count(of owner: Int, _ ordered: OrderedDelta) -> Int {
        ordered.children[child].rows(of: owner).count / table.width
    }

    /// Finds the owners whose rows must become others; those of an equal owner only if the given rows are greater.
    func compare(_ ordered: OrderedDelta, _ texts: TextView) throws(PostgreSQLError) -> [Rewrite] {
        var rewrites: [Rewrite] = []
        var current: Comparison?
        let first = ChildMergeSQL.firstColumn
        try connection.streamRows(sql.select) { result in
            let owner = Int(result.integer(0, 0))
            if current?.owner != owner {
                if let rewrite = current.flatMap(rewrite) { rewrites.append(rewrite) }
                current = Comparison(
                    owner: owner, isNew: result.integer(0, 1) == 1, isNewer: result.integer(0, 2) == 1,
                    given: Array(ordered.children[child].rows(of: owner)))
            }
            guard result.integer(0, 3) == 1 else { return }
            current?.isStored = true
            for _ in 0..<(hasCopies ? result.integer(0, first + table.width) : 1) {
                guard let known = current, known.order == 0 else { break }
                guard known.equal < known.given.count else {
                    current?.order = 1
                    break
                }
                let row = known.given[known.equal..<known.equal + table.width]
                current?.order = result.compare(from: first, with: row, texts)
                current?.equal += table.width
            }
        }
        if let rewrite = current.flatMap(rewrite) { rewrites.append(rewrite) }
        return rewrites
    }

    private func rewrite(_ comparison: Comparison) -> Rewrite? {
        let isShorter = comparison.order == 0 && comparison.equal < comparison.given.count
        let order = isShorter ? -1 : comparison.order
        guard comparison.isNew || comparison.isNewer && order != 0 || order < 0 else { return nil }
        return Rewrite(owner: comparison.owner, isStored: comparison.isStored, cells: comparison.given)
    }

    /// Makes the rows of those owners the given ones; `owners` are the delta's rows of the owners.
    func write(
        _ rewrites: [Rewrite], _ owners: NewestRows, _ changes: inout ChangedDays, _ texts: TextView
    ) throws(PostgreSQLError) {
        if rewrites.isEmpty { return }
        changes.children[child] = true
        if rewrites.contains(where: \.isStored) {
            try gone.fill { copy throws(PostgreSQLError) in
                for rewrite in rewrites where rewrite.isStored {
                    let owner = owners.row(rewrite.owner)
                    copy.beginRow(fields: gone.width)
                    for position in ownerKey { copy.append(owner[owner.startIndex + position], texts) }
                }
            }
            _ = try connection.runOnce(sql.delete)
        }
        try connection.copy(into: table.plan.name, columns: columns) { copy throws(PostgreSQLError) in
            for rewrite in rewrites { add(rewrite.cells, to: copy, texts) }
        }
    }

    /// Adds rows, equal ones once with their number.
    private func add(_ rows: [Cell], to copy: PostgreSQLCopy, _ texts: TextView) {
        var start = 0
        while start < rows.count {
            var end = start + table.width
            while end < rows.count, isEqual(start, end, rows, texts) { end += table.width }
            copy.beginRow(fields: columns.count)
            for cell in rows[start..<start + table.width] { copy.append(cell, texts) }
            if hasCopies { copy.append(integer: Int64((end - start) / table.width)) }
            start = end
        }
    }

    private func isEqual(_ left: Int, _ right: Int, _ rows: [Cell], _ texts: TextView) -> Bool {
        (0..<table.width).allSatisfy { CellOrder.compare(rows[left + $0], rows[right + $0], texts) == 0 }
    }
}
