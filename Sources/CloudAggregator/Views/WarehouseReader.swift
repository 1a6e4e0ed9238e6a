import BatchFormat
import StreamDefinition
import Warehouse

/// Reads the warehouse while others write it, on a thread and a connection of its own.
actor WarehouseReader {
    private let executor = ThreadExecutor()
    private let warehouse: any Warehouse
    private var latest: [String: LatestBatch] = [:]
    private var gaps = GapTally()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ location: WarehouseLocation, plans: [StreamPlan]) throws {
        warehouse = try location.open(plans, access: .readOnly)
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
        try warehouse.hasChanged()
    }

    /// What the dashboard needs, all as of one watermark.
    struct View: Sendable {
        let watermark: Int64
        /// Of each stream, in the order of the plans.
        let counters: [LiveCounters]
        /// By device.
        let batches: [String: LatestBatch]
        /// The gaps that all manifests declare, by device.
        let gaps: [String: Int64]
    }

    /// The newest batch of a device, with the backlog that its last merged one told.
    struct LatestBatch: Sendable {
        let entry: LedgerEntry
        let manifest: Manifest
        /// What the newest batch with scores says of them: a device may carry streams without a model, too.
        let scoring: ScoringReport?
    }

    /// What the dashboard needs.
    func view() throws -> View {
        try warehouse.snapshot {
            var batches: [String: LatestBatch] = [:]
            for entry in try warehouse.latestEntries() { batches[entry.device] = try latestBatch(entry) }
            latest = batches
            try warehouse.addGaps(to: &gaps)
            return try View(
                watermark: warehouse.watermark,
                counters: warehouse.plans.map {
                    try warehouse.counters(stream: $0.name, top: SnapshotComposer.tallyLimit)
                },
                batches: batches, gaps: gaps.byDevice)
        }
    }

    private func latestBatch(_ entry: LedgerEntry) throws -> LatestBatch {
        let known = latest[entry.device]
        if let known, known.entry.manifestSHA256 == entry.manifestSHA256 {
            return LatestBatch(entry: entry, manifest: known.manifest, scoring: known.scoring)
        }
        let manifest = try Manifest(json: entry.manifest)
        let scoring = try manifest.scoring ?? recentScoring(of: entry.device) ?? known?.scoring
        return LatestBatch(entry: entry, manifest: manifest, scoring: scoring)
    }

    /// How many of a device's newest batches are searched for one with scores.
    private static let scoringSearchLimit = 64

    /// The newest scores among a device's newest batches.
    private func recentScoring(of device: String) throws -> ScoringReport? {
        for plan in warehouse.plans where plan.learning != nil {
            var scoring: ScoringReport?
            try warehouse.forEachRow(
                """
                SELECT manifest FROM (SELECT epoch, sequence, stream, manifest FROM ledger WHERE device = $1 \
                ORDER BY epoch DESC, sequence DESC LIMIT \(Self.scoringSearchLimit)) AS recent WHERE stream = $2 \
                ORDER BY epoch DESC, sequence DESC LIMIT 1
                """, [.text(device), .text(plan.name)]
            ) { row in
                if let text = row.value(0).text { scoring = try Manifest(json: Array(text.utf8)).scoring }
            }
            if let scoring { return scoring }
        }
        return nil
    }
}
