import SQLite

/// The rows that a query gave.
public struct QueryResult: Sendable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, no more than were asked for.
    public let rows: [[SQLiteValue]]
    /// Whether there were more.
    public let isTruncated: Bool
}

extension SQLiteWarehouse {
    /// The largest value that a query may make, and the largest sum of its values, in bytes.
    public static let maximumQueryBytes = 32 << 20

    /// Runs one SELECT that somebody wrote, on a connection of its own that can only read.
    /// - Parameters:
    ///   - rowLimit: the rows given back; whether there are more is said.
    ///   - timeLimit: how long it may take.
    public func query(_ sql: String, rowLimit: Int = 10_000, timeLimit: Duration = .seconds(10)) throws -> QueryResult {
        let reader = try SQLiteDatabase(path: path, access: .readOnly)
        reader.allowOnlySelect(maximumValueBytes: Self.maximumQueryBytes)
        do {
            return try reader.withTimeLimit(timeLimit) {
                guard try reader.statementCount(sql) == 1 else { throw WarehouseError.notOneStatement }
                let statement = try reader.prepare(sql)
                guard statement.isReadOnly else { throw WarehouseError.notReadOnly("it writes") }
                return try Self.rows(of: statement, limit: rowLimit)
            }
        } catch let error as SQLiteError {
            if error.isInterrupted { throw WarehouseError.timeLimit(timeLimit) }
            if error.isForbidden { throw WarehouseError.notReadOnly(error.message) }
            throw WarehouseError.query(error.message)
        }
    }

    private static func rows(of statement: SQLiteStatement, limit: Int) throws -> QueryResult {
        var rows: [[SQLiteValue]] = []
        var byteCount = 0
        let isTruncated = try statement.use { (statement) throws(SQLiteError) in
            while try statement.next() {
                if rows.count >= limit { return true }
                let row = statement.row
                byteCount += row.reduce(0) { $0 + $1.byteCount }
                if byteCount > maximumQueryBytes { return true }
                rows.append(row)
            }
            return false
        }
        if byteCount > maximumQueryBytes { throw WarehouseError.resultTooLarge(limit: maximumQueryBytes) }
        return QueryResult(columns: statement.columnNames, rows: rows, isTruncated: isTruncated)
    }
}

extension SQLiteValue {
    fileprivate var byteCount: Int {
        switch self {
        case .null, .integer, .real: 16
        case .text(let text): 16 + text.utf8.count
        case .blob(let bytes): 32 + bytes.count
        }
    }
}
