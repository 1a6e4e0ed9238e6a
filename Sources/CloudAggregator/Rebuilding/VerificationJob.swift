import BatchFormat
import Cryptography
import NIOCore
import NIOPosix
import ObjectStore
import RawStore
import StreamDefinition
import Warehouse

/// Holds every raw batch against its device's signature and the ledger, and the ledger against the raw batches. The server
/// may run meanwhile.
public struct VerificationJob: Sendable {
    /// What was found.
    public struct Summary: Sendable, CustomStringConvertible {
        /// Raw batches, their bytes and their events.
        public internal(set) var batches = 0, bytes: Int64 = 0, events: Int64 = 0
        /// Those that are not what a device has signed, or not the batch that was merged.
        public internal(set) var flawed = 0
        /// Those of them that were moved to quarantine.
        public internal(set) var moved = 0
        /// Those that the ledger lacks.
        public internal(set) var unmerged = 0
        /// Those that it lacks and that came just now: they may be on their way into it.
        public internal(set) var underway = 0
        /// Batches of the ledger that are not in the raw store although nobody has let them expire.
        public internal(set) var missing = 0
        /// Batches of the ledger that were let expire.
        public internal(set) var expired = 0
        /// Batches that do not follow the one before them.
        public internal(set) var broken = 0
        /// Sequences that have not come, or not yet.
        public internal(set) var outstanding: Int64 = 0
        /// Whether there is a ledger to hold them against.
        public internal(set) var hasLedger = true

        /// Whether all is as it must be.
        public var isGood: Bool { flawed == 0 && unmerged == 0 && missing == 0 && broken == 0 }

        /// Lines for an operator.
        public var description: String {
            var text = "\(batches) raw batches, \(events) events, \(bytes) bytes: \(flawed) flawed"
            text += moved == 0 ? "\n" : ", \(moved) of them moved to quarantine\n"
            guard hasLedger else { return text + "there is no warehouse to hold them against\n" }
            text +=
                "ledger: \(missing) missing in the raw store, \(expired) expired, \(broken) break their device's chain\n"
            text += outstanding == 0 ? "" : "\(outstanding) sequences have not come, or not yet\n"
            text += underway == 0 ? "" : "\(underway) came just now and are not merged yet\n"
            text += unmerged == 0 ? "" : "\(unmerged) are not merged: 'waystation-cloud catch-up' merges them\n"
            return text
        }
    }

    /// A raw batch, and what the ledger says of its identity.
    private struct Item: Sendable {
        let key: RawKey
        let info: ObjectInfo
        let entry: LedgerEntry?
    }

    /// How many batches are looked up at once.
    private static let pageSize = 1024
    /// A batch is kept raw before it is merged, which takes less than this.
    private static let mergeTime = Duration.seconds(60)
    /// How many batches are in memory.
    private static let readAhead = 16

    private let configuration: CloudConfiguration
    private let plans: [StreamPlan]
    private let raw: RawStore
    private let key: PrivateKey

    /// Reads what it needs of the configuration.
    public init(_ configuration: CloudConfiguration) throws {
        self.configuration = configuration
        plans = try configuration.plans()
        raw = RawStore(try configuration.objects())
        key = try KeyRing.receiptKey(configuration)
    }

    /// Verifies all.
    ///
    /// - Parameters:
    ///   - isMoving: whether flawed batches are moved to quarantine.
    ///   - progress: told now and then what was found so far.
    ///   - complain: told of each batch that is not as it must be: its key and why.
    public func run(
        isMoving: Bool = false, clock: WallClock = .system, progress: (Summary) -> Void = { _ in },
        complain: (String, String) -> Void
    ) async throws -> Summary {
        let reader = try RawBatchReader(raw.objects, configuration, key: key)
        let workers = NIOThreadPool(numberOfThreads: configuration.raw.threads)
        workers.start()
        let result: Result<Summary, any Error>
        do {
            result = .success(try await verify(reader, workers, isMoving, at: clock.milliseconds, progress, complain))
        } catch {
            result = .failure(error)
        }
        try await workers.shutdownGracefully()
        return try result.get()
    }

    /// What was seen in the raw store.
    private struct Seen {
        /// A hash a key: eight bytes, of which two of a million keys share one in one of ten million runs.
        var keys: Set<Int> = []
        /// Batches that the ledger did not have when they were listed.
        var unmerged: [Item] = []
    }

    private func verify(
        _ reader: RawBatchReader, _ workers: NIOThreadPool, _ isMoving: Bool, at now: Int64,
        _ progress: (Summary) -> Void, _ complain: (String, String) -> Void
    ) async throws -> Summary {
        let warehouse = try ledger()
        let watermark = try warehouse?.watermark ?? 0
        var (summary, seen) = (Summary(), Seen())
        var position: String?
        var isAtEnd = false
        let ahead = ReadAhead<Item, RawBatchReader.Reading>(width: Self.readAhead) { item in
            try await workers.runIfActive { try reader.read(item.key) }
        }
        try await ahead.run {
            if isAtEnd { return [] }
            let (page, end) = try await workers.runIfActive { [position] in try items(after: position) }
            (position, isAtEnd) = (end, end == nil)
            progress(summary)
            return page
        } consume: { item, reading in
            if case .gone = reading { return }
            seen.keys.insert(item.key.description.hashValue)
            if let flaw = note(reading, of: item, in: &summary) {
                complain(item.key.description, flaw.reason)
                guard isMoving else { return }
                let aside = try await workers.runIfActive { [raw] in try raw.setAside(flaw.file, under: item.key) }
                complain(item.key.description, "moved to '\(aside)'")
                summary.moved += 1
            } else if item.entry == nil {
                seen.unmerged.append(item)
            }
        }
        guard let warehouse else {
            summary.hasLedger = false
            return summary
        }
        try audit(warehouse, until: watermark, at: now, seen, &summary, complain)
        return summary
    }

    /// Holds the ledger against what was seen.
    private func audit(
        _ warehouse: any Warehouse, until watermark: Int64, at now: Int64, _ seen: Seen, _ summary: inout Summary,
        _ complain: (String, String) -> Void
    ) throws {
        for item in try stillMissing(seen.unmerged, in: warehouse) {
            if item.info.modifiedMilliseconds > now - Self.mergeTime.components.seconds * 1000 {
                summary.underway += 1
            } else {
                summary.unmerged += 1
                complain(item.info.key, "it is not merged")
            }
        }
        let expired = try ExpiryMark(store: raw.objects, key: key).day()
        var (missing, gone) = (0, 0)
        let findings = try LedgerAudit(warehouse: warehouse, watermark: watermark).run(
            isThere: { seen.keys.contains($0.hashValue) },
            noteAbsent: { key in
                if let day = RawKey(key)?.date, let expired, day < expired {
                    gone += 1
                } else {
                    missing += 1
                    complain(key, "it is merged, but not in the raw store")
                }
            }, complain: complain)
        (summary.missing, summary.expired) = (missing, gone)
        (summary.broken, summary.outstanding) = (findings.broken, findings.outstanding)
    }

    /// Counts a batch; returns what is wrong with it.
    private func note(
        _ reading: RawBatchReader.Reading, of item: Item, in summary: inout Summary
    ) -> (reason: String, file: [UInt8])? {
        switch reading {
        case .gone: return nil
        case .flawed(let reason, let file):
            summary.batches += 1
            summary.bytes += item.info.byteCount
            summary.flawed += 1
            return (reason, file)
        case .good(let batch):
            summary.batches += 1
            summary.bytes += item.info.byteCount
            summary.events += batch.manifest.events
            guard let entry = item.entry else { return nil }
            guard entry.manifestSHA256 != batch.manifest.sha256 || entry.rawKey != item.key.description else {
                return nil
            }
            summary.flawed += 1
            return ("another batch of this identity was merged, from '\(entry.rawKey)'", batch.file)
        }
    }

    /// The ledger; nil where there is none.
    private func ledger() throws -> (any Warehouse)? {
        do {
            return try configuration.readWarehouse()
        } catch CloudError.noWarehouse {
            return nil
        }
    }

    /// The next raw batches, and where to go on; nil at the end.
    private func items(after position: String?) throws -> (page: [Item], end: String?) {
        let warehouse = try ledger()
        var page: [Item] = []
        var end: String?
        try raw.forEachBatch(after: position) { key, info in
            let identity = key.identity
            let entry = try warehouse?.ledgerEntry(
                device: identity.device, epoch: identity.epoch, sequence: identity.sequence)
            page.append(Item(key: key, info: info, entry: entry))
            if page.count == Self.pageSize { end = info.key }
            return end == nil
        }
        return (page, end)
    }

    /// Those that have not been merged meanwhile either.
    private func stillMissing(_ items: [Item], in warehouse: any Warehouse) throws -> [Item] {
        try items.filter { item in
            let identity = item.key.identity
            return try warehouse.ledgerEntry(
                device: identity.device, epoch: identity.epoch, sequence: identity.sequence) == nil
        }
    }
}
