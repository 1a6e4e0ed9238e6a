import BatchFormat
import Cryptography
import Logging
import NIOCore
import NIOPosix
import ObjectStore
import RawStore
import StreamDefinition
import Warehouse

/// Makes the tables again from the raw batches alone, beside the old ones, and then puts them in their place in one step.
/// No server and no import may run meanwhile.
///
/// It may be killed anywhere and run again: what is merged already is not read again. What the old tables say is not looked
/// at, so that it does not matter whether they are damaged, or of another layout or definition. Whoever was forgotten is
/// left out.
public struct RebuildJob: Sendable {
    /// What it has come to.
    public struct Summary: Sendable, CustomStringConvertible {
        /// Batches merged, and their events.
        public internal(set) var batches = 0, events: Int64 = 0
        /// Batches that an earlier run had merged.
        public internal(set) var known = 0
        /// Batches that cannot be taken.
        public internal(set) var refused = 0
        /// The first day of which there are raw batches; nil where none was ever removed.
        public let expiredBefore: String?

        /// Lines for an operator.
        public var description: String {
            let earlier = known == 0 ? "" : ", \(known) by an earlier run"
            let lost = expiredBefore.map { "Raw batches from before \($0) were removed: their rows are gone.\n" } ?? ""
            return "rebuilt from \(batches) batches with \(events) events\(earlier), \(refused) refused\n\(lost)"
        }
    }

    /// A batch, read and folded.
    private enum Prepared: Sendable {
        case good(BatchContribution)
        case refused(String)
        case gone
    }

    /// How many batches are looked up at once.
    private static let pageSize = 1024
    /// One transaction holds at most so many batches, and is ended once it has so many events. These, and what is read
    /// ahead, are what a rebuild holds in memory.
    private static let (groupBatches, groupEvents): (Int, Int64) = (64, 30_000)
    /// How many batches are read and folded while others are merged, which takes longer: with those of the usual size, most
    /// of a group.
    private static let readAhead = 8

    private let configuration: CloudConfiguration
    private let plans: [StreamPlan]
    private let state: StateFolder
    private let objects: any ObjectStore
    private let key: PrivateKey
    private let location: WarehouseLocation

    /// Reads what it needs of the configuration.
    public init(_ configuration: CloudConfiguration) throws {
        try self.init(configuration, objects: configuration.objects())
    }

    init(_ configuration: CloudConfiguration, objects: any ObjectStore) throws {
        (self.configuration, self.objects) = (configuration, objects)
        plans = try configuration.plans()
        state = try StateFolder(configuration.state)
        key = try KeyRing.receiptKey(configuration)
        location = try configuration.warehouse
    }

    /// Makes the tables.
    ///
    /// - Parameters:
    ///   - isPartial: whether they may take the old ones' place although batches are refused, or were removed.
    ///   - isStartingAnew: whether what an earlier run has left is of no use.
    ///   - progress: told after each commit what is done so far.
    ///   - complain: told of each batch that is refused: its key and why.
    public func run(
        isPartial: Bool = false, isStartingAnew: Bool = false, progress: (Summary) -> Void = { _ in },
        complain: (String, String) -> Void
    ) async throws -> Summary {
        let lock = try ServeLock(state.path)
        defer { withExtendedLifetime(lock) {} }
        guard !RestoreMark(state.path).isSet else { throw CloudError.unfinishedRestore(path: state.path) }
        let expired = try ExpiryMark(store: objects, key: key).day()
        if let expired, !isPartial {
            throw CloudError.incompleteRaw(reason: "those from before \(expired) were removed")
        }
        if isStartingAnew { try location.replacement.remove() }
        let summary = try await make(Summary(expiredBefore: expired), progress, complain)
        guard summary.refused == 0 || isPartial else {
            throw CloudError.incompleteRaw(reason: "\(summary.refused) are refused")
        }
        try location.acceptReplacement()
        return summary
    }

    /// Fills the new tables; nobody has them open afterwards.
    private func make(
        _ start: Summary, _ progress: (Summary) -> Void, _ complain: (String, String) -> Void
    ) async throws -> Summary {
        let new = location.replacement
        try ForgottenRecords(store: objects, key: key).apply(to: new.open(plans, access: .readWrite))
        let reader = try RawBatchReader(objects, configuration, key: key)
        let merger = try Merger(new, plans: plans)
        let workers = NIOThreadPool(numberOfThreads: configuration.raw.threads)
        workers.start()
        let result: Result<Summary, any Error>
        do {
            result = .success(try await fill(start, reader, merger, workers, progress, complain))
        } catch {
            result = .failure(error)
        }
        try await workers.shutdownGracefully()
        return try result.get()
    }

    private func fill(
        _ start: Summary, _ reader: RawBatchReader, _ merger: Merger, _ workers: NIOThreadPool,
        _ progress: (Summary) -> Void, _ complain: (String, String) -> Void
    ) async throws -> Summary {
        var summary = start
        var group: [BatchContribution] = []
        func merge() async throws {
            for (outcome, entry) in zip(try await merger.merge(group), group.map(\.entry)) {
                if outcome.result == .conflict {
                    summary.refused += 1
                    complain(entry.rawKey, "another batch of this identity lies under another day or stream")
                } else {
                    summary.batches += 1
                    summary.events += entry.events
                }
            }
            group = []
            progress(summary)
        }
        let plans = Dictionary(plans.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let ahead = ReadAhead<(key: RawKey, info: ObjectInfo), Prepared>(width: Self.readAhead) { item in
            try await workers.runIfActive { try Self.prepare(item.key, item.info, reader, plans) }
        }
        var position: String?
        var isAtEnd = false
        try await ahead.run {
            var missing: [(key: RawKey, info: ObjectInfo)] = []
            while missing.isEmpty, !isAtEnd {
                let page = try await workers.runIfActive { [position] in try unmerged(after: position, reader.raw) }
                summary.known += page.known
                (missing, position, isAtEnd) = (page.missing, page.end, page.end == nil)
            }
            return missing
        } consume: { item, prepared in
            switch prepared {
            case .good(let contribution): group.append(contribution)
            case .refused(let reason):
                summary.refused += 1
                complain(item.key.description, reason)
            case .gone: break
            }
            let events = group.reduce(0) { $0 + $1.entry.events }
            if group.count >= Self.groupBatches || events >= Self.groupEvents { try await merge() }
        }
        if !group.isEmpty { try await merge() }
        return summary
    }

    private static func prepare(
        _ key: RawKey, _ info: ObjectInfo, _ reader: RawBatchReader, _ plans: [String: StreamPlan]
    ) throws -> Prepared {
        switch try reader.read(key) {
        case .gone: return .gone
        case .flawed(let reason, _): return .refused(reason)
        case .good(let batch):
            guard let plan = plans[batch.manifest.stream] else {
                return .refused("no stream file declares '\(batch.manifest.stream)'")
            }
            return .good(
                try BatchContribution(
                    manifest: batch.manifest, events: batch.events, plan: plan,
                    head: UploadHead(identity: batch.manifest.identity, byteCount: batch.file.count), rawKey: info.key,
                    receivedMilliseconds: info.modifiedMilliseconds))
        }
    }

    /// The next raw batches that the new tables lack, how many they have, and where to go on; nil at the end.
    private func unmerged(
        after position: String?, _ raw: RawStore
    ) throws -> (missing: [(key: RawKey, info: ObjectInfo)], known: Int, end: String?) {
        let warehouse = try location.replacement.open(plans, access: .readOnly)
        var missing: [(key: RawKey, info: ObjectInfo)] = []
        var (known, end): (Int, String?) = (0, nil)
        try raw.forEachBatch(after: position) { key, info in
            let identity = key.identity
            let entry = try warehouse.ledgerEntry(
                device: identity.device, epoch: identity.epoch, sequence: identity.sequence)
            if entry?.rawKey == info.key { known += 1 } else { missing.append((key, info)) }
            if missing.count + known == Self.pageSize { end = info.key }
            return end == nil
        }
        return (missing, known, end)
    }
}
