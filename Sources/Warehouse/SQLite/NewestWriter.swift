import SQLite

/// Writes the rows of a table that keeps the newest: reads what is stored, and writes only what changed.
struct NewestWriter {
    /// What became of a row.
    enum Outcome {
        /// The key is new.
        case inserted
        /// The row is newer than the stored one and differs.
        case replaced
        /// The row is newer than the stored one, which says the same.
        case confirmed
        /// The stored row is the same, of the same time.
        case equal
        /// The stored row stands.
        case older
    }

    private let width: Int
    private let key: [Int]
    private let others: [Int]
    private let select: CellStatement
    private let insert: CellStatement
    private let update: CellStatement
    private let updateVersion: CellStatement

    /// - Parameter columns: the names of the row's columns.
    init(_ table: String, columns: [String], key: [Int], in database: SQLiteDatabase) throws(SQLiteError) {
        width = columns.count
        self.key = key
        others = columns.indices.filter { !key.contains($0) }
        let (quoted, version) = (TableSchema.quoted(table), TableSchema.quoted(TableSchema.version))
        let names = columns.map(TableSchema.quoted)
        let values = others.map { names[$0] }
        func clause(_ names: [String], from first: Int, _ separator: String) -> String {
            names.enumerated().map { "\($0.element) = ?\(first + $0.offset)" }.joined(separator: separator)
        }
        let keyClause = clause(key.map { names[$0] }, from: 1, " AND ")
        select = try CellStatement(
            "SELECT \(([version] + values).joined(separator: ", ")) FROM \(quoted) WHERE \(keyClause)", in: database)
        let marks = Array(repeating: "?", count: width + 1).joined(separator: ", ")
        insert = try CellStatement(
            "INSERT INTO \(quoted) (\((names + [version]).joined(separator: ", "))) VALUES (\(marks))", in: database)
        let setters = clause([version] + values, from: key.count + 1, ", ")
        update = try CellStatement("UPDATE \(quoted) SET \(setters) WHERE \(keyClause)", in: database)
        updateVersion = try CellStatement(
            "UPDATE \(quoted) SET \(version) = ?\(key.count + 1) WHERE \(keyClause)", in: database)
    }

    func write(_ row: ArraySlice<Cell>, time: Int64, _ texts: TextView) throws(SQLiteError) -> Outcome {
        let base = row.startIndex
        let (known, order) = try select.statement.use { (statement) throws(SQLiteError) -> (Int64?, Int) in
            for (position, column) in key.enumerated() { try select.bind(row[base + column], at: position + 1, texts) }
            guard try statement.next() else { return (nil, 0) }
            let version = statement.integer(0)
            if time < version { return (version, 1) }
            for (position, column) in others.enumerated() {
                let order = select.compare(position + 1, with: row[base + column], texts)
                if order != 0 { return (version, order) }
            }
            return (version, 0)
        }
        guard let known else {
            try insert.statement.use { (statement) throws(SQLiteError) in
                try insert.bind(row, from: 1, texts)
                try statement.bind(time, at: width + 1)
                try statement.runBound()
            }
            return .inserted
        }
        if time < known || time == known && order > 0 { return .older }
        if time == known && order == 0 { return .equal }
        try write(row, time, order == 0 ? updateVersion : update, withOthers: order != 0, texts)
        return order == 0 ? .confirmed : .replaced
    }

    private func write(
        _ row: ArraySlice<Cell>, _ time: Int64, _ update: CellStatement, withOthers: Bool, _ texts: TextView
    ) throws(SQLiteError) {
        let base = row.startIndex
        try update.statement.use { (statement) throws(SQLiteError) in
            for (position, column) in key.enumerated() { try update.bind(row[base + column], at: position + 1, texts) }
            try statement.bind(time, at: key.count + 1)
            if withOthers {
                try update.bind(others.lazy.map { row[base + $0] }, from: key.count + 2, texts)
            }
            try statement.runBound()
        }
    }
}
