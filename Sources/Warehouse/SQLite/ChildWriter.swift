import SQLite
import StreamDefinition

/// Writes the rows that are kept with an owner's row, all of an owner at once and only where they differ.
struct ChildWriter {
    private let width: Int
    private let hasCopies: Bool
    /// For each of the owner's key columns its position in a row of the owner.
    private let ownerKey: [Int]
    private let select: CellStatement
    private let delete: CellStatement
    private let insert: CellStatement

    init(_ child: FoldPlan.Child, in fold: FoldPlan, _ database: SQLiteDatabase) throws(SQLiteError) {
        let schema = TableSchema(child.table, in: fold, .sqlite)
        let owner = fold.newest[child.owner]
        width = child.table.width
        hasCopies = schema.hasCopies
        ownerKey = owner.key
        let links = owner.plan.key.compactMap { name in
            child.table.plan.columns.first {
                $0.references?.table == owner.plan.name && $0.references?.column == name
            }?.name
        }
        let clause = links.enumerated().map { "\(TableSchema.quoted($0.element)) = ?\($0.offset + 1)" }
            .joined(separator: " AND ")
        let names = child.table.plan.columns.map(\.name)
        let all = TableSchema.list(names + (hasCopies ? [TableSchema.copies] : []))
        let marks = Array(repeating: "?", count: width + (hasCopies ? 1 : 0)).joined(separator: ", ")
        select = try CellStatement(
            "SELECT \(all) FROM \(schema.name) WHERE \(clause) ORDER BY \(TableSchema.list(names))", in: database)
        delete = try CellStatement("DELETE FROM \(schema.name) WHERE \(clause)", in: database)
        insert = try CellStatement("INSERT INTO \(schema.name) (\(all)) VALUES (\(marks))", in: database)
    }

    /// Makes an owner's rows the given ones, in their order; those of an equal owner only if the given are greater.
    /// - Returns: whether it changed any.
    func write(
        _ rows: ArraySlice<Cell>, of owner: ArraySlice<Cell>, _ outcome: NewestWriter.Outcome, _ texts: TextView
    ) throws(SQLiteError) -> Bool {
        switch outcome {
        case .older: return false
        case .inserted: if rows.isEmpty { return false }
        case .replaced, .confirmed, .equal:
            let order = try compareStored(owner, with: rows, texts)
            if order == 0 || order > 0 && outcome == .equal { return false }
            try delete.statement.use { (statement) throws(SQLiteError) in
                try bind(owner, delete, texts)
                try statement.runBound()
            }
        }
        for start in stride(from: rows.startIndex, to: rows.endIndex, by: width) where !isCopy(start, rows, texts) {
            try insert.statement.use { (statement) throws(SQLiteError) in
                try insert.bind(rows[start..<start + width], from: 1, texts)
                if hasCopies { try statement.bind(copies(start, rows, texts), at: width + 1) }
                try statement.runBound()
            }
        }
        return true
    }

    /// The order of the stored list of rows and the given one, repeated rows counted as often as they are.
    private func compareStored(
        _ owner: ArraySlice<Cell>, with rows: ArraySlice<Cell>, _ texts: TextView
    ) throws(SQLiteError) -> Int {
        try select.statement.use { (statement) throws(SQLiteError) -> Int in
            try bind(owner, select, texts)
            var start = rows.startIndex
            while try statement.next() {
                for _ in 0..<(hasCopies ? statement.integer(width) : 1) {
                    if start == rows.endIndex { return 1 }
                    let order = select.compare(from: 0, with: rows[start..<start + width], texts)
                    if order != 0 { return order }
                    start += width
                }
            }
            return start == rows.endIndex ? 0 : -1
        }
    }

    private func bind(
        _ owner: ArraySlice<Cell>, _ statement: CellStatement, _ texts: TextView
    ) throws(SQLiteError) {
        try statement.bind(ownerKey.lazy.map { owner[owner.startIndex + $0] }, from: 1, texts)
    }

    private func isCopy(_ start: Int, _ rows: ArraySlice<Cell>, _ texts: TextView) -> Bool {
        start > rows.startIndex && isEqual(start - width, start, rows, texts)
    }

    private func copies(_ start: Int, _ rows: ArraySlice<Cell>, _ texts: TextView) -> Int64 {
        var end = start + width
        while end < rows.endIndex, isEqual(start, end, rows, texts) { end += width }
        return Int64((end - start) / width)
    }

    private func isEqual(_ left: Int, _ right: Int, _ rows: ArraySlice<Cell>, _ texts: TextView) -> Bool {
        (0..<width).allSatisfy { CellOrder.compare(rows[left + $0], rows[right + $0], texts) == 0 }
    }
}
