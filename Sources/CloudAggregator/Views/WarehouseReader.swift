import BatchFormat
import StreamDefinition
import Warehouse

/// Reads the warehouse while others write it, on a thread and a connection of its own.
actor WarehouseReader {
    private let executor = ThreadExecutor()
    private let warehouse: SQLiteWarehouse
    private var latest: [String: LatestBatch] = [:]
    private var gaps: [String: Int64] = [:]
    private var countedRow: Int64 = 0
    private var knownDataVersion: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String, plans: [StreamPlan]) throws {
        warehouse = try SQLiteWarehouse(path: path, plans: plans, access: .readOnly)
    }

    /// What is known of a merged batch.
    func entry(of identity: BatchIdentity) throws -> LedgerEntry? {
        try warehouse.ledgerEntry(device: identity.device, epoch: identity.epoch, sequence: identity.sequence)
    }

    /// The last commit.
    func watermark() throws -> Int64 {
        try warehouse.watermark
    }

    /// Whether anybody has merged something since this was last asked: the server itself, or an import.
    func hasChanged() throws -> Bool {
        var version: Int64 = 0
        try warehouse.forEachRow("PRAGMA data_version") { version = $0.integer(0) }
        defer { knownDataVersion = version }
        return version != knownDataVersion
    }

    /// What the dashboard needs of a stream, all as of one watermark.
    struct View: Sendable {
        let watermark: Int64
        let counters: LiveCounters
        /// By device.
        let batches: [String: LatestBatch]
        /// The gaps that all manifests declare, by device.
        let gaps: [String: Int64]
    }

    /// The newest batch of a device, with the backlog that its last merged one told.
    struct LatestBatch: Sendable {
        let entry: LedgerEntry
        let manifest: Manifest
    }

    /// What the dashboard needs of a stream.
    func view(of stream: String) throws -> View {
        try warehouse.snapshot {
            var batches: [String: LatestBatch] = [:]
            for entry in try warehouse.latestEntries() { batches[entry.device] = try latestBatch(entry) }
            latest = batches
            try countGaps()
            return try View(
                watermark: warehouse.watermark,
                counters: warehouse.counters(stream: stream, top: SnapshotComposer.tallyLimit), batches: batches,
                gaps: gaps)
        }
    }

    private func latestBatch(_ entry: LedgerEntry) throws -> LatestBatch {
        if let known = latest[entry.device], known.entry.manifestSHA256 == entry.manifestSHA256 {
            return LatestBatch(entry: entry, manifest: known.manifest)
        }
        return LatestBatch(entry: entry, manifest: try Manifest(json: entry.manifest))
    }

    /// Adds the gaps of the batches that were entered since it was called last.
    private func countGaps() throws {
        let sql = "SELECT id, device, json_array_length(manifest, '$.gaps') FROM ledger WHERE id > ? ORDER BY id"
        try warehouse.forEachRow(sql, [.integer(countedRow)]) { row in
            countedRow = row.integer(0)
            let count = row.integer(2)
            if count > 0, let device = row.value(1).text { gaps[device, default: 0] += count }
        }
    }
}
