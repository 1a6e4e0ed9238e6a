import PostgreSQL

extension PostgreSQLResult {
    /// The order of the only row's values, from a column on, and a row of cells: below zero where the stored one comes first.
    func compare(from column: Int, with cells: some Sequence<Cell>, _ texts: TextView) -> Int {
        var column = column
        for cell in cells {
            let order = compare(column, with: cell, texts)
            if order != 0 { return order }
            column += 1
        }
        return 0
    }

    private func compare(_ column: Int, with cell: Cell, _ texts: TextView) -> Int {
        switch cell {
        case .null: return isNull(0, column) ? 0 : 1
        case _ where isNull(0, column): return -1
        case .integer(let value):
            let stored = integer(0, column)
            return stored < value ? -1 : stored == value ? 0 : 1
        case .real(let value):
            let stored = real(0, column)
            return stored < value ? -1 : stored == value ? 0 : 1
        case .text(let text):
            return withBytes(0, column) { stored in
                guard StoredText.isEscaped(stored) else { return CellOrder.compare(stored, texts[text]) }
                return StoredText.text(stored).withUnsafeBufferPointer { CellOrder.compare($0, texts[text]) }
            }
        }
    }
}

extension PostgreSQLConnection {
    /// Runs a statement that is planned anew, and hands over its rows one after the other.
    func streamRows(_ sql: String, _ body: (PostgreSQLResult) -> Void) throws(PostgreSQLError) {
        do {
            try stream(sql) { result in
                body(result)
                return true
            }
        } catch let error as PostgreSQLError {
            throw error
        } catch {
            preconditionFailure("only the connection throws, not \(error)")
        }
    }
}
