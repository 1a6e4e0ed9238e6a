import CSQLite

/// Binding and reading value by value, without arrays and strings in between, for statements that run very often.
extension SQLiteStatement {
    /// Hands the statement to `body`, which binds and steps it, and resets it afterwards, come what may.
    public func use<Result>(_ body: (SQLiteStatement) throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        defer { reset() }
        return try body(self)
    }

    /// Runs the statement as it is bound to its end.
    public func runBound() throws(SQLiteError) {
        while try step() {}
    }

    /// Goes to the next row; false where there is none.
    public func next() throws(SQLiteError) -> Bool {
        try step()
    }

    /// The rows that the connection's last statement changed; read it right after `runBound`.
    public var changedRows: Int { database.changes }

    /// Binds null.
    public func bindNull(at position: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, Int32(position)))
    }

    /// Binds an integer.
    public func bind(_ value: Int64, at position: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(position), value))
    }

    /// Binds a number.
    public func bind(_ value: Double, at position: Int) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, Int32(position), value))
    }

    /// Binds a text where it lies; it must stay there until the statement is reset.
    public func bind(inPlace text: UnsafeBufferPointer<UInt8>, at position: Int) throws(SQLiteError) {
        guard let start = text.baseAddress else { return try check(shim_bind_text(handle, Int32(position), "", 0)) }
        let code = start.withMemoryRebound(to: CChar.self, capacity: text.count) {
            shim_bind_text_in_place(handle, Int32(position), $0, Int32(text.count))
        }
        try check(code)
    }

    /// Whether the current row has null in that column.
    public func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    /// The current row's number in that column; 0 for null.
    public func real(_ column: Int) -> Double {
        sqlite3_column_double(handle, Int32(column))
    }

    /// Hands over the bytes of the current row's text in that column; none for null. They are good until the next row.
    public func withText<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withBytes(of: Int32(column)) { body($0.bindMemory(to: UInt8.self)) }
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw database.error(code, in: sql) }
    }
}
