import BatchFormat
import Glibc
import ObjectStore
import RawStore
import Warehouse

/// Removes raw batches that are older than they are to be kept. Their rows stay in the tables.
///
/// A batch goes only if the ledger says that it is merged. By the mark that is left, a rebuild knows that the raw batches
/// no longer hold all that the tables do.
public struct ExpireJob {
    /// What was done, or would be.
    public struct Summary: CustomStringConvertible, Sendable {
        /// The first day whose batches are kept.
        public let before: String
        /// The batches removed, and their bytes.
        public internal(set) var batches = 0, bytes: Int64 = 0
        /// The old batches that stay, since they are not merged.
        public internal(set) var unmerged = 0
        /// Whether nothing was removed, only counted.
        public let isTrial: Bool

        /// Lines for an operator.
        public var description: String {
            let what = isTrial ? "would be removed" : "removed"
            let rest = unmerged == 0 ? "" : "\n\(unmerged) older ones stay: they are not merged; run 'catch-up'"
            return "\(batches) raw batches from before \(before) \(what), \(bytes) bytes\(rest)\n"
        }
    }

    private let raw: RawStore
    private let mark: ExpiryMark
    private let warehouse: any Warehouse

    /// Opens the raw store, and the ledger for reading.
    public init(_ configuration: CloudConfiguration) throws {
        let objects = try configuration.objects()
        raw = RawStore(objects)
        mark = ExpiryMark(store: objects, key: try KeyRing.receiptKey(configuration))
        warehouse = try configuration.readWarehouse()
    }

    /// Removes what was sealed on a day (UTC) that lies more than `age` back.
    ///
    /// - Parameters:
    ///   - isTrial: whether to count only.
    ///   - progress: told now and then how many batches have been looked at.
    public func run(
        olderThan age: Duration, isTrial: Bool, clock: WallClock = .system, progress: (Int) -> Void = { _ in }
    ) throws -> Summary {
        let kept = CalendarDate(milliseconds: clock.milliseconds - age.components.seconds * 1000).description
        var summary = Summary(before: kept, isTrial: isTrial)
        if !isTrial { try mark.raise(to: kept) }
        var seen = 0
        try raw.forEachBatch { key, info in
            seen += 1
            if seen % Self.progressInterval == 0 { progress(seen) }
            guard key.date < kept else { return true }
            let identity = key.identity
            guard
                let entry = try warehouse.ledgerEntry(
                    device: identity.device, epoch: identity.epoch, sequence: identity.sequence),
                entry.rawKey == info.key
            else {
                summary.unmerged += 1
                return true
            }
            if !isTrial { try raw.objects.delete(info.key) }
            summary.batches += 1
            summary.bytes += info.byteCount
            return true
        }
        return summary
    }

    private static let progressInterval = 10_000
}
