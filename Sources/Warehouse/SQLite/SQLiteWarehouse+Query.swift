import SQLite

extension SQLiteWarehouse {
    func query(_ sql: String, within limits: QueryLimits) throws -> QueryResult {
        let reader = try SQLiteDatabase(path: path, access: .readOnly)
        reader.allowOnlySelect(maximumValueBytes: QueryLimits.bytes)
        do {
            return try reader.withTimeLimit(limits.time) {
                guard try reader.statementCount(sql) == 1 else { throw WarehouseError.notOneStatement }
                let statement = try reader.prepare(sql)
                guard statement.isReadOnly else { throw WarehouseError.notReadOnly("it writes") }
                return try Self.rows(of: statement, limit: limits.rows)
            }
        } catch let error as SQLiteError {
            if error.isInterrupted { throw WarehouseError.timeLimit(limits.time) }
            if error.isForbidden { throw WarehouseError.notReadOnly(error.message) }
            throw WarehouseError.query(error.message)
        }
    }

    private static func rows(of statement: SQLiteStatement, limit: Int) throws -> QueryResult {
        var rows: [[WarehouseValue]] = []
        var byteCount = 0
        let isTruncated = try statement.use { (statement) throws(SQLiteError) in
            while try statement.next() {
                if rows.count >= limit { return true }
                let row = statement.row.map { WarehouseValue($0) }
                byteCount += row.reduce(0) { $0 + $1.byteCount }
                if byteCount > QueryLimits.bytes { return true }
                rows.append(row)
            }
            return false
        }
        if byteCount > QueryLimits.bytes { throw WarehouseError.resultTooLarge(limit: QueryLimits.bytes) }
        return QueryResult(columns: statement.columnNames, rows: rows, isTruncated: isTruncated)
    }
}
