import Cryptography
import FleetProtocol
import SQLite

/// The fleet in SQLite: devices, invitations, models and counters of refused requests.
///
/// Commands open it while the server runs; every change is one transaction. Times are milliseconds since 1970.
public final class FleetStore {
    let database: SQLiteDatabase

    /// Opens the database at `path`, making it where it is missing.
    public init(path: String) throws(SQLiteError) {
        database = try SQLiteDatabase(path: path)
        try database.keepWriteAheadLog()
        try database.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        try database.execute(Self.schema)
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS devices (
            device TEXT PRIMARY KEY, public_key BLOB NOT NULL UNIQUE, name TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
            enrolled_ms INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, last_contact_ms INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS device_flags (
            device TEXT NOT NULL REFERENCES devices, flag TEXT NOT NULL, detail TEXT NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (device, flag)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS invitations (
            token_sha256 BLOB PRIMARY KEY, name TEXT, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
            used_by TEXT REFERENCES devices
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS models (
            stream TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, published_ms INTEGER,
            watermark INTEGER NOT NULL, events INTEGER NOT NULL, progressive_log_loss REAL NOT NULL,
            base_rate_log_loss REAL NOT NULL, objection TEXT, compared_with INTEGER NOT NULL,
            manifest BLOB NOT NULL, manifest_sha256 BLOB NOT NULL,
            PRIMARY KEY (stream, version)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS refusals (
            problem TEXT PRIMARY KEY, requests INTEGER NOT NULL, last_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    /// A number that changes when another connection has changed the database.
    func dataVersion() throws(SQLiteError) -> Int64 {
        try database.statement("PRAGMA data_version").firstRow()?.first?.integer ?? 0
    }

    /// Adds to the counters of refused requests, by the problem's name.
    func count(refusals: [String: Int64], at now: Int64) throws {
        try database.transaction {
            let statement = try database.statement(
                """
                INSERT INTO refusals VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, last_ms = excluded.last_ms
                """)
            for (problem, requests) in refusals {
                try statement.run([.text(problem), .integer(requests), .integer(now)])
            }
        }
    }

    /// The counters of refused requests, by the problem's name.
    public func refusals() throws(SQLiteError) -> [String: Int64] {
        let rows = try database.statement("SELECT problem, requests FROM refusals").rows()
        return Dictionary(
            rows.compactMap { row in row[0].text.map { ($0, row[1].integer ?? 0) } }, uniquingKeysWith: { $1 })
    }
}
