import PostgreSQL

/// The ledger of merged batches: each identity (device, epoch, sequence) once. Entries are numbered in the order of the
/// commits, since whoever enters one holds the warehouse's lock.
struct PostgreSQLLedger {
    private static let columnsBeforeBacklog = """
        device, epoch, sequence, stream, manifest_sha256, manifest, events, malformed, received_ms, raw_key
        """
    private static let columns = columnsBeforeBacklog + ", backlog_batches, backlog_bytes"

    private static func last(_ column: String) -> String {
        "(SELECT \(column) FROM ledger AS last WHERE last.device = ledger.device ORDER BY last.id DESC LIMIT 1)"
    }

    /// All batches in the order of their identities.
    static let allSQL = "SELECT \(columns) FROM ledger ORDER BY device, epoch, sequence"

    let connection: PostgreSQLConnection

    /// The number of the last commit that merged something, 0 before the first.
    func watermark() throws(PostgreSQLError) -> Int64 {
        let last = try connection.run("SELECT watermark FROM ledger ORDER BY id DESC LIMIT 1")
        return last.rowCount == 0 ? 0 : last.integer(0, 0)
    }

    /// Enters a batch, unless one of its identity is there.
    func enter(_ entry: LedgerEntry, watermark: Int64) throws(PostgreSQLError) -> MergeReport.Outcome {
        let identity: [PostgreSQLValue] = [.stored(entry.device), .integer(entry.epoch), .integer(entry.sequence)]
        let manifest = StoredText.stored(String(decoding: entry.manifest, as: UTF8.self).utf8)
        let entered = try connection.run(
            """
            INSERT INTO ledger (\(Self.columns), watermark) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
            """,
            identity + [
                .stored(entry.stream), .bytes(entry.manifestSHA256), .text(manifest), .integer(entry.events),
                .integer(entry.malformed), .integer(entry.receivedMilliseconds), .stored(entry.rawKey),
                .integer(entry.backlogBatches), .integer(entry.backlogBytes), .integer(watermark),
            ])
        if entered.changedRows == 1 { return .merged }
        let known = try connection.run(
            "SELECT manifest_sha256 = $4 FROM ledger WHERE device = $1 AND epoch = $2 AND sequence = $3",
            identity + [.bytes(entry.manifestSHA256)])
        return known.rowCount == 1 && known.integer(0, 0) == 1 ? .duplicate : .conflict
    }

    /// The batch of that identity.
    func entry(device: String, epoch: Int64, sequence: Int64) throws(PostgreSQLError) -> LedgerEntry? {
        let found = try connection.run(
            "SELECT \(Self.columns) FROM ledger WHERE device = $1 AND epoch = $2 AND sequence = $3",
            [.stored(device), .integer(epoch), .integer(sequence)])
        return found.rowCount == 0 ? nil : Self.entry(PostgreSQLRow(found))
    }

    /// The newest batch of each device: that of the greatest epoch and sequence, whenever it was merged. Its backlog is
    /// what the batch merged last has told.
    func latest() throws(PostgreSQLError) -> [LedgerEntry] {
        let found = try connection.run(
            """
            WITH RECURSIVE devices (device) AS (SELECT min(device) FROM ledger UNION ALL \
            SELECT (SELECT min(device) FROM ledger WHERE device > devices.device) FROM devices \
            WHERE devices.device IS NOT NULL) \
            SELECT \(Self.columnsBeforeBacklog), \(Self.last("backlog_batches")), \(Self.last("backlog_bytes")) \
            FROM ledger WHERE id = ANY (ARRAY(SELECT (SELECT id FROM ledger WHERE ledger.device = devices.device \
            ORDER BY epoch DESC, sequence DESC LIMIT 1) FROM devices WHERE devices.device IS NOT NULL)) ORDER BY device
            """)
        return (0..<found.rowCount).map { Self.entry(PostgreSQLRow(found, at: $0)) }
    }

    /// The entry of a row of these columns.
    static func entry(_ row: PostgreSQLRow) -> LedgerEntry {
        func text(_ column: Int) -> String { row.value(column).text ?? "" }
        return LedgerEntry(
            device: text(0), epoch: row.integer(1), sequence: row.integer(2), stream: text(3),
            manifestSHA256: row.value(4).blob ?? [], manifest: Array(text(5).utf8), events: row.integer(6),
            malformed: row.integer(7), receivedMilliseconds: row.integer(8), rawKey: text(9),
            backlogBatches: row.integer(10), backlogBytes: row.integer(11))
    }
}
