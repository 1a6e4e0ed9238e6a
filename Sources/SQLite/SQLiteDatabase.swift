import CSQLite

/// One connection to an SQLite database. Not for use from two threads at a time; its owner sees to that.
public final class SQLiteDatabase {
    let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    /// What the connection may do with the file.
    public enum Access: Sendable {
        /// Create the file where it is missing.
        case readWrite
        /// Only read; a missing file is an error.
        case readOnly
    }

    /// How long another connection is waited for, and how long between two tries where SQLite does not wait itself.
    private static let (waitMilliseconds, pauseMilliseconds): (Int32, Int32) = (5000, 10)

    /// Opens the file at `path` (`:memory:` for one of its own), waiting up to five seconds for other writers.
    ///
    /// - Parameter fileSystem: the name of the `sqlite3_vfs` the file is on; nil for the machine's own.
    public init(path: String, access: Access = .readWrite, fileSystem: String? = nil) throws(SQLiteError) {
        let mode = access == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, fileSystem)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, statement: "open \(path)")
        }
        handle = opened
        sqlite3_busy_timeout(handle, Self.waitMilliseconds)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// The statement for that SQL, prepared once and kept.
    public func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        let prepared = try SQLiteStatement(sql, in: self)
        statements[sql] = prepared
        return prepared
    }

    /// A statement prepared for one use.
    public func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        try SQLiteStatement(sql, in: self)
    }

    /// Runs one or more statements without parameters.
    public func execute(_ script: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, in: script) }
    }

    /// Has the file keep a write-ahead log, from now on for all who open it.
    ///
    /// For another connection that does the same at this moment SQLite does not wait
    /// (https://www.sqlite.org/c3ref/busy_handler.html: where both held a lock, neither would come on). This does.
    public func keepWriteAheadLog() throws(SQLiteError) {
        for _ in 0..<Self.waitMilliseconds / Self.pauseMilliseconds {
            do throws(SQLiteError) {
                return try execute("PRAGMA journal_mode = WAL")
            } catch  where error.isBusy {
                sqlite3_sleep(Self.pauseMilliseconds)
            }
        }
        try execute("PRAGMA journal_mode = WAL")
    }

    /// Runs `body` in a transaction that holds the write lock; rolls back when it throws.
    @discardableResult
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try statement("BEGIN IMMEDIATE").run()
        do {
            let result = try body()
            try statement("COMMIT").run()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends a transaction that has failed. Some errors have ended it themselves; then there is nothing to do.
    public func rollBack() {
        if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    /// The rows that the last statement inserted, changed or deleted.
    public var changes: Int { Int(sqlite3_changes64(handle)) }
    /// The row identifier of the last insert.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    func error(_ code: Int32, in statement: String) -> SQLiteError {
        SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)), statement: statement)
    }
}
