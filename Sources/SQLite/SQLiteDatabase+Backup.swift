import CSQLite

extension SQLiteDatabase {
    /// The pages that are copied between two looks at what others want.
    private static let pagesPerStep: Int32 = 256

    /// Copies the database as it is at this moment into a new file at `path`, while others write on; the copy needs no log
    /// beside it, and is not synced.
    ///
    /// SQLite's own backup begins anew whenever another connection commits, so on a busy file it would never end. A
    /// transaction that reads holds it to one state; what others commit meanwhile stays in the log until it is over.
    ///
    /// - Parameter progress: told after each step how many pages are copied, and of how many.
    public func copy(to path: String, progress: (Int, Int) throws -> Void = { _, _ in }) throws {
        let target = try SQLiteDatabase(path: path)
        try target.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try execute("BEGIN")
        defer { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
        // A transaction begins to read with its first statement.
        _ = try prepare("SELECT count(*) FROM sqlite_schema").firstRow()
        guard let backup = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw target.error(sqlite3_extended_errcode(target.handle), in: "backup to \(path)")
        }
        do {
            while true {
                let code = sqlite3_backup_step(backup, Self.pagesPerStep)
                let (total, left) = (sqlite3_backup_pagecount(backup), sqlite3_backup_remaining(backup))
                guard code == SQLITE_OK || code == SQLITE_DONE else {
                    throw SQLiteError(
                        code: code, message: String(cString: sqlite3_errstr(code)), statement: "backup to \(path)")
                }
                try progress(Int(total - left), Int(total))
                if code == SQLITE_DONE { break }
            }
        } catch {
            sqlite3_backup_finish(backup)
            throw error
        }
        sqlite3_backup_finish(backup)
        try target.execute("PRAGMA journal_mode = DELETE")
    }

    /// What is wrong with the file, in SQLite's words; nil where every page and row can be read and is in order.
    public func damage() throws(SQLiteError) -> String? {
        let words = try prepare("PRAGMA quick_check(1)").firstRow()?.first?.text
        return words == "ok" ? nil : words ?? "no answer"
    }
}
