import SQLite

/// A prepared statement whose parameters and columns are cells.
struct CellStatement {
    let statement: SQLiteStatement

    init(_ sql: String, in database: SQLiteDatabase) throws(SQLiteError) {
        statement = try database.prepare(sql)
    }

    /// Binds cells from a position on; their texts must stay in place until the statement is reset.
    func bind(_ cells: some Sequence<Cell>, from position: Int, _ texts: TextView) throws(SQLiteError) {
        var position = position
        for cell in cells {
            try bind(cell, at: position, texts)
            position += 1
        }
    }

    func bind(_ cell: Cell, at position: Int, _ texts: TextView) throws(SQLiteError) {
        switch cell {
        case .null: try statement.bindNull(at: position)
        case .integer(let value): try statement.bind(value, at: position)
        case .real(let value): try statement.bind(value, at: position)
        case .text(let text): try statement.bind(inPlace: texts[text], at: position)
        }
    }

    /// The order of the current row's value in a column and a cell: below zero where the row's comes first.
    func compare(_ column: Int, with cell: Cell, _ texts: TextView) -> Int {
        switch cell {
        case .null: return statement.isNull(column) ? 0 : 1
        case _ where statement.isNull(column): return -1
        case .integer(let value):
            let stored = statement.integer(column)
            return stored < value ? -1 : stored == value ? 0 : 1
        case .real(let value):
            let stored = statement.real(column)
            return stored < value ? -1 : stored == value ? 0 : 1
        case .text(let text): return statement.withText(column) { CellOrder.compare($0, texts[text]) }
        }
    }

    /// The order of the current row's values, from a column on, and a row of cells.
    func compare(from column: Int, with cells: some Sequence<Cell>, _ texts: TextView) -> Int {
        var column = column
        for cell in cells {
            let order = compare(column, with: cell, texts)
            if order != 0 { return order }
            column += 1
        }
        return 0
    }
}
