import SQLite

/// The file format of the spool: an SQLite 3 database, version 1, in write-ahead mode with `synchronous = FULL`.
///
/// `application_id` is 0x57535031 ("WSP1"), `user_version` the version. Times are milliseconds since 1970.
///
///     device    one row: for whom the batches are sealed, the epoch (null while none is known) and the greatest there
///               ever was, the last sequence used in it, the SHA-256 of the last manifest, counters, the trusted floor
///     streams   one row a stream: its resume point and totals over all closed batches
///     batches   one row a batch that no receipt has freed yet; `id` grows with the order of closing
///               state 0 open: its frame is being written, the counters stand in its last segment
///                     1 closed: its frames are complete, its counters final; it has no identity yet
///                     2 sealed: epoch, sequence, head (the signed header of the file) and manifest SHA-256 are set
///     segments  the compressed bytes, a row a flush; `id` = batch << 20 | number, from 0. The frames of a batch are its
///               segments in order, one after another; with the head before them they are the file that is uploaded.
///               Each row repeats the counters of the whole batch up to there and the stream's resume point
///     gaps      what was dropped; `batch` is the one whose manifest carries it, null while there is none. A gap goes
///               when its batch's receipt comes
///     positions where a source goes on that counts by bytes or identifiers, see `SourcePosition`
///     lent      an epoch under which batches may travel that are in memory alone, see `HeldBatches`
///     salvages  damaged files whose batches are still to be brought over, see `SpoolSalvage`
///     dead_letters  messages that are no event, and batches the cloud refused, bounded
///
/// A flush is one transaction: one segment row carries the bytes, the counters and the resume point, so the resume point
/// never runs ahead of the events, and a flush costs the disk little more than the bytes. Closing and sealing of a batch
/// is one transaction with its last flush. Segments are written once and never changed.
///
/// The log is moved into the database every 2 MiB: pages of batches that were freed meanwhile have been taken for
/// others by then, and of each page only the last content is moved. While uploads keep up, most is written once.
///
/// Recovery: an open batch found at the start was cut off after some flush. All that flushes have handed out can be
/// unpacked, so its frame gets the three bytes of `FrameCompressor.terminator` as a last segment; then it must unpack to
/// as many bytes and lines as its last segment says, and is closed. One that does not is deleted and declared a gap.
/// A receipt deletes batch, segments and gaps, together with the next flush: a crash in between means one more upload,
/// which the cloud answers as a duplicate. A database that SQLite finds damaged is moved aside, see `SpoolOpening`.
enum SpoolSchema {
    static let applicationIdentifier: Int64 = 0x5753_5031
    static let version: Int64 = 1

    /// What a batch has come to.
    enum State {
        static let open: Int64 = 0
        static let closed: Int64 = 1
        static let sealed: Int64 = 2
    }

    /// The log is written over again and again without being cut: cutting and growing it costs the file system's journal
    /// several blocks a flush.
    private static let settings = """
        PRAGMA page_size = \(SpoolSettings.pageBytes);
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = OFF;
        PRAGMA cache_size = -1024;
        PRAGMA wal_autocheckpoint = \(SpoolSettings.logPages);
        PRAGMA journal_size_limit = \(2 * SpoolSettings.logPages * SpoolSettings.pageBytes);
        """

    private static let tables = """
        CREATE TABLE device (
            id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, fleet TEXT NOT NULL,
            epoch INTEGER, last_epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, previous BLOB NOT NULL,
            sealed INTEGER NOT NULL, acknowledged INTEGER NOT NULL, floor_ms INTEGER NOT NULL,
            contact_ms INTEGER, error TEXT, error_ms INTEGER
        );
        CREATE TABLE streams (
            stream TEXT PRIMARY KEY, resume_ms INTEGER, events INTEGER NOT NULL, malformed INTEGER NOT NULL,
            dead_letters INTEGER NOT NULL, last_event_ms INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE batches (
            id INTEGER PRIMARY KEY, stream TEXT NOT NULL, state INTEGER NOT NULL, boot TEXT NOT NULL,
            events INTEGER, malformed INTEGER, raw_bytes INTEGER, frames_bytes INTEGER, frames_sha256 BLOB,
            first_ms INTEGER, last_ms INTEGER, closed_ms INTEGER, clock TEXT, scoring TEXT,
            epoch INTEGER, sequence INTEGER, manifest_sha256 BLOB, head BLOB
        );
        CREATE TABLE segments (
            id INTEGER PRIMARY KEY, events INTEGER NOT NULL, malformed INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
            first_ms INTEGER, last_ms INTEGER, resume_ms INTEGER, bytes BLOB NOT NULL
        );
        CREATE TABLE gaps (
            id INTEGER PRIMARY KEY, stream TEXT NOT NULL, batch INTEGER, from_ms INTEGER, to_ms INTEGER,
            events INTEGER NOT NULL, bytes INTEGER NOT NULL, reason TEXT NOT NULL
        );
        CREATE UNIQUE INDEX gaps_undeclared ON gaps (stream, reason) WHERE batch IS NULL;
        CREATE INDEX gaps_by_batch ON gaps (batch) WHERE batch IS NOT NULL;
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY, stream TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL,
            count INTEGER NOT NULL, bytes BLOB NOT NULL
        );
        PRAGMA application_id = \(applicationIdentifier);
        PRAGMA user_version = \(version);
        """

    /// The spool in that folder for reading alone, beside an edge that runs; nil where there is none, or where it is just
    /// being made.
    static func openToRead(in state: StateDirectory) throws -> SQLiteDatabase? {
        guard (state.byteCount(of: SpoolOpening.fileName) ?? 0) > 0 else { return nil }
        let database = try SQLiteDatabase(path: state.path(of: SpoolOpening.fileName), access: .readOnly)
        let found = try database.prepare("PRAGMA user_version").firstRow()?.first?.integer
        return found == 0 ? nil : database
    }

    /// Sets the connection up and makes the tables of a new file. Throws `damagedSpool` for a file of another kind.
    static func prepare(_ database: SQLiteDatabase) throws {
        try database.execute(settings)
        let found = try database.prepare("PRAGMA user_version").firstRow()?.first?.integer
        if found == 0, try database.prepare("SELECT count(*) FROM sqlite_schema").firstRow()?.first == 0 {
            try database.transaction { try database.execute(tables) }
            try addLaterTables(to: database)
            return
        }
        let application = try database.prepare("PRAGMA application_id").firstRow()?.first?.integer
        guard application == applicationIdentifier, found == version else {
            throw EdgeError.damagedSpool("it is not of format version \(version)")
        }
        try addLaterTables(to: database)
    }

    /// What came into the format after its first version, so that a spool of an earlier build gets it too.
    private static func addLaterTables(to database: SQLiteDatabase) throws {
        try database.execute(Spool.positionTable)
        try database.execute(HeldBatches.table)
        try database.execute(SpoolSalvage.table)
    }
}
