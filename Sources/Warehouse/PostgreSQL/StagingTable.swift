import PostgreSQL

/// A temporary table that a merge copies rows into, for set-based statements to work on; each commit empties it.
struct StagingTable {
    /// A column and its type.
    struct Column {
        let name: String
        let type: String
    }

    /// The name, quoted.
    let name: String
    private let plainName: String
    private let columns: [Column]
    private let connection: PostgreSQLConnection

    /// Makes the table, outside of a transaction.
    init(_ name: String, _ columns: [Column], _ connection: PostgreSQLConnection) throws(PostgreSQLError) {
        (plainName, self.columns, self.connection) = (name, columns, connection)
        self.name = TableSchema.quoted(name)
        let definitions = columns.map { "\(TableSchema.quoted($0.name)) \($0.type)" }.joined(separator: ", ")
        try connection.execute("CREATE TEMP TABLE \(self.name) (\(definitions)) ON COMMIT DELETE ROWS")
    }

    /// Copies rows into the table; `body` adds to each as many fields as there are columns.
    func fill(_ body: (PostgreSQLCopy) throws(PostgreSQLError) -> Void) throws(PostgreSQLError) {
        try connection.copy(into: plainName, columns: columns.map(\.name), body)
    }

    /// The number of columns.
    var width: Int { columns.count }
}

extension PostgreSQLCopy {
    /// Adds a cell.
    func append(_ cell: Cell, _ texts: TextView) {
        switch cell {
        case .null: appendNull()
        case .integer(let value): append(integer: value)
        case .real(let value): append(real: value)
        case .text(let text): append(text: texts[text])
        }
    }

    /// Adds a text in its stored form.
    func append(text: UnsafeBufferPointer<UInt8>) {
        if StoredText.differs(text) {
            StoredText.stored(text).withUnsafeBufferPointer { append(bytes: $0) }
        } else {
            append(bytes: text)
        }
    }

    /// Adds a text in its stored form.
    func append(text: String) {
        Array(text.utf8).withUnsafeBufferPointer { append(text: $0) }
    }
}
