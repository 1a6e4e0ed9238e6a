import CSQLite

/// A failed SQLite call: the extended result code (https://www.sqlite.org/rescode.html), its message and the statement.
public struct SQLiteError: Error, CustomStringConvertible {
    /// The extended result code.
    public let code: Int32
    /// SQLite's own words.
    public let message: String
    /// The statement or call that failed.
    public let statement: String

    /// The primary result code.
    public var primaryCode: Int32 { code & 0xFF }
    /// The disk, or the quota on it, is full.
    public var isFull: Bool { primaryCode == SQLITE_FULL }
    /// The file is no database, or a damaged one.
    public var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
    /// Another connection holds the lock.
    public var isBusy: Bool { primaryCode == SQLITE_BUSY }

    /// A sentence for an operator.
    public var description: String {
        "SQLite: \(message) (code \(code)) in: \(statement)"
    }
}
