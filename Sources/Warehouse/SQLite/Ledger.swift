import SQLite

/// The ledger of merged batches: each identity (device, epoch, sequence) once.
struct Ledger {
    private static let columnsBeforeBacklog = """
        device, epoch, sequence, stream, manifest_sha256, manifest, events, malformed, received_ms, raw_key
        """
    private static let columns = columnsBeforeBacklog + ", backlog_batches, backlog_bytes"

    private static func last(_ column: String) -> String {
        "(SELECT \(column) FROM ledger AS last WHERE last.device = ledger.device ORDER BY last.id DESC LIMIT 1)"
    }

    let database: SQLiteDatabase

    /// The number of the last commit that merged something, 0 before the first.
    func watermark() throws(SQLiteError) -> Int64 {
        let last = try database.statement("SELECT watermark FROM ledger ORDER BY id DESC LIMIT 1").firstRow()
        return last?.first?.integer ?? 0
    }

    /// Enters a batch, unless one of its identity is there.
    func enter(_ entry: LedgerEntry, watermark: Int64) throws(SQLiteError) -> MergeReport.Outcome {
        let identity: [SQLiteValue] = [.text(entry.device), .integer(entry.epoch), .integer(entry.sequence)]
        let known = try database.statement(
            "SELECT manifest_sha256 FROM ledger WHERE device = ? AND epoch = ? AND sequence = ?"
        ).firstRow(identity)
        if let known { return known.first?.blob == entry.manifestSHA256 ? .duplicate : .conflict }
        try database.statement(
            "INSERT INTO ledger (\(Self.columns), watermark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).run(
            identity + [
                .text(entry.stream), .blob(entry.manifestSHA256),
                .text(String(decoding: entry.manifest, as: UTF8.self)),
                .integer(entry.events), .integer(entry.malformed), .integer(entry.receivedMilliseconds),
                .text(entry.rawKey), .integer(entry.backlogBatches), .integer(entry.backlogBytes), .integer(watermark),
            ])
        return .merged
    }

    /// The batch of that identity.
    func entry(device: String, epoch: Int64, sequence: Int64) throws(SQLiteError) -> LedgerEntry? {
        try database.statement(
            "SELECT \(Self.columns) FROM ledger WHERE device = ? AND epoch = ? AND sequence = ?"
        ).firstRow([.text(device), .integer(epoch), .integer(sequence)]).flatMap(Self.entry)
    }

    /// Hands over all batches in the order of their identities.
    func forEachEntry(_ body: (LedgerEntry) throws -> Void) throws {
        let statement = try database.statement("SELECT \(Self.columns) FROM ledger ORDER BY device, epoch, sequence")
        try statement.forEachRow { row in
            if let entry = Self.entry(row.row) { try body(entry) }
        }
    }

    /// The newest batch of each device: that of the greatest epoch and sequence, whenever it was merged. Its backlog is
    /// what the batch merged last has told.
    func latest() throws(SQLiteError) -> [LedgerEntry] {
        try database.statement(
            """
            WITH RECURSIVE devices (device) AS (SELECT min(device) FROM ledger UNION ALL \
            SELECT (SELECT min(device) FROM ledger WHERE device > devices.device) FROM devices \
            WHERE devices.device IS NOT NULL) \
            SELECT \(Self.columnsBeforeBacklog), \(Self.last("backlog_batches")), \(Self.last("backlog_bytes")) \
            FROM ledger WHERE id IN (SELECT (SELECT id FROM ledger WHERE ledger.device = devices.device \
            ORDER BY epoch DESC, sequence DESC LIMIT 1) FROM devices WHERE devices.device IS NOT NULL) ORDER BY device
            """
        ).rows().compactMap(Self.entry)
    }

    private static func entry(_ row: [SQLiteValue]) -> LedgerEntry? {
        guard let device = row[0].text, let epoch = row[1].integer, let sequence = row[2].integer,
            let stream = row[3].text, let digest = row[4].blob, let manifest = row[5].text,
            let events = row[6].integer, let malformed = row[7].integer, let received = row[8].integer,
            let rawKey = row[9].text, let backlogBatches = row[10].integer, let backlogBytes = row[11].integer
        else { return nil }
        return LedgerEntry(
            device: device, epoch: epoch, sequence: sequence, stream: stream, manifestSHA256: digest,
            manifest: Array(manifest.utf8), events: events, malformed: malformed, receivedMilliseconds: received,
            rawKey: rawKey, backlogBatches: backlogBatches, backlogBytes: backlogBytes)
    }
}
