import CSQLite

/// A prepared statement of one connection; finalized with its last reference.
///
/// Columns and parameters are bound and read by position: parameters from 1, as SQL writes them, columns from 0.
public final class SQLiteStatement {
    let handle: OpaquePointer
    unowned let database: SQLiteDatabase
    let sql: String

    init(_ sql: String, in database: SQLiteDatabase) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw database.error(code, in: sql) }
        handle = prepared
        self.database = database
        self.sql = sql
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Whether the statement changes nothing in the database.
    public var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
    /// The names of the result's columns.
    public var columnNames: [String] {
        (0..<sqlite3_column_count(handle)).map { index in
            sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
        }
    }

    /// Binds all parameters, runs the statement to its end and resets it.
    public func run(_ parameters: [SQLiteValue] = []) throws(SQLiteError) {
        defer { reset() }
        try bind(parameters)
        while try step() {}
    }

    /// Binds all parameters and hands each row to `body`, which reads it by column position.
    public func forEachRow(_ parameters: [SQLiteValue] = [], _ body: (SQLiteStatement) throws -> Void) throws {
        defer { reset() }
        try bind(parameters)
        while try step() { try body(self) }
    }

    /// The first row, or nil where there is none.
    public func firstRow(_ parameters: [SQLiteValue] = []) throws(SQLiteError) -> [SQLiteValue]? {
        defer { reset() }
        try bind(parameters)
        return try step() ? row : nil
    }

    /// All rows.
    public func rows(_ parameters: [SQLiteValue] = []) throws(SQLiteError) -> [[SQLiteValue]] {
        defer { reset() }
        try bind(parameters)
        var rows: [[SQLiteValue]] = []
        while try step() { rows.append(row) }
        return rows
    }

    /// The current row.
    public var row: [SQLiteValue] {
        (0..<Int(sqlite3_column_count(handle))).map { value($0) }
    }

    /// The current row's value in that column.
    public func value(_ column: Int) -> SQLiteValue {
        let column = Int32(column)
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: return .text(withBytes(of: column) { String(decoding: $0, as: UTF8.self) })
        case SQLITE_BLOB: return .blob(withBytes(of: column) { Array($0) })
        default: return .null
        }
    }

    /// The current row's integer in that column; 0 for null.
    public func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(column))
    }

    /// Hands over the bytes of the current row's text in that column, good until the next row; nil, and no call, for a
    /// value of another class.
    public func withText<Result>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT else { return nil }
        let start = sqlite3_column_text(handle, Int32(column))
        return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func withBytes<Result>(of column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw database.error(code, in: sql)
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(_ parameters: [SQLiteValue]) throws(SQLiteError) {
        precondition(parameters.count == Int(sqlite3_bind_parameter_count(handle)), "parameters of: \(sql)")
        for (index, parameter) in parameters.enumerated() {
            let code = bind(parameter, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw database.error(code, in: sql) }
        }
    }

    private func bind(_ parameter: SQLiteValue, at index: Int32) -> Int32 {
        switch parameter {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let value): return sqlite3_bind_int64(handle, index, value)
        case .real(let value): return sqlite3_bind_double(handle, index, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    shim_bind_text(handle, index, $0.baseAddress, Int32($0.count))
                }
            }
        case .blob(let value):
            guard !value.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return value.withUnsafeBytes { shim_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
        }
    }
}
