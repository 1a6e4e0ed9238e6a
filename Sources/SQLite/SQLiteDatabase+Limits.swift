import CSQLite
import Glibc

/// What makes a connection safe for statements that somebody else wrote.
extension SQLiteDatabase {
    /// From now on the connection prepares nothing but SELECT, and makes no value larger than `maximumValueBytes`.
    ///
    /// Beside writing, this refuses ATTACH and PRAGMA, which SQLite counts as reading.
    public func allowOnlySelect(maximumValueBytes: Int) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: maximumValueBytes))
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_set_authorizer(
            handle,
            { _, action, _, _, _, _ in
                switch action {
                case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: SQLITE_OK
                default: SQLITE_DENY
                }
            }, nil)
    }

    /// How many statements `script` holds, comments and blanks not counted; counts no further than two.
    public func statementCount(_ script: String) throws(SQLiteError) -> Int {
        var (count, failure) = (0, SQLITE_OK)
        script.withCString { start in
            var rest: UnsafePointer<CChar>? = start
            while let text = rest, text.pointee != 0, count < 2, failure == SQLITE_OK {
                var prepared: OpaquePointer?
                failure = sqlite3_prepare_v2(handle, text, -1, &prepared, &rest)
                if prepared != nil { count += 1 }
                sqlite3_finalize(prepared)
            }
        }
        guard failure == SQLITE_OK else { throw error(failure, in: script) }
        return count
    }

    /// Runs `body`; whatever statement is running after `limit` fails, as interrupted.
    public func withTimeLimit<Result>(_ limit: Duration, _ body: () throws -> Result) rethrows -> Result {
        var deadline =
            Self.monotonicNanoseconds + limit.components.seconds * 1_000_000_000
            + limit.components.attoseconds / 1_000_000_000
        return try withUnsafeMutablePointer(to: &deadline) { deadline in
            sqlite3_progress_handler(
                handle, 1000,
                { context in
                    guard let deadline = context?.assumingMemoryBound(to: Int64.self) else { return 0 }
                    return SQLiteDatabase.monotonicNanoseconds > deadline.pointee ? 1 : 0
                }, deadline)
            defer { sqlite3_progress_handler(handle, 0, nil, nil) }
            return try body()
        }
    }

    /// Not `ContinuousClock`: that is part of Swift's concurrency, which brings Dispatch into the edge.
    private static var monotonicNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension SQLiteError {
    /// The statement was stopped from outside, or by its time limit.
    public var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }
    /// The connection may not do what the statement asks for.
    public var isForbidden: Bool { primaryCode == SQLITE_AUTH || primaryCode == SQLITE_READONLY }
}
