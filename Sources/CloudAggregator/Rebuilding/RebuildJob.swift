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

    /// How many batches, and about how many bytes of them, are folded together.
    private static let (chunkBatches, chunkBytes): (Int, Int64) = (64, 6 << 20)
    /// How many chunks are folded, or wait folded, while another is added. They, and what the loader holds, are what a rebuild
    /// has in memory.
    private static let readAhead = 2
    /// The rows of a chunk are a few blocks of several megabytes, which grow.
    private static let largeBlockBytes: Int32 = 2 << 20

    /// What stays where the raw batches are not complete.
    private static let kept = "the tables are left as they are"

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
            throw CloudError.incompleteRaw(reason: "those from before \(expired) were removed", kept: Self.kept)
        }
        if isStartingAnew { try location.replacement.remove() }
        let summary = try await make(Summary(expiredBefore: expired), progress, complain)
        guard summary.refused == 0 || isPartial else {
            throw CloudError.incompleteRaw(reason: "\(summary.refused) are refused", kept: Self.kept)
        }
        try location.acceptReplacement()
        return summary
    }

    /// Fills the new tables; nobody has them open afterwards.
    private func make(
        _ start: Summary, _ progress: (Summary) -> Void, _ complain: (String, String) -> Void
    ) async throws -> Summary {
        ProcessMemory.configure(largeBlockBytes: Self.largeBlockBytes)
        let new = location.replacement
        try ForgottenRecords(store: objects, key: key).apply(to: new.open(plans, access: .loading))
        let reader = try RawBatchReader(objects, configuration, key: key)
        let loader = try Loader(new, plans: plans)
        let workers = NIOThreadPool(numberOfThreads: configuration.raw.threads)
        workers.start()
        let result: Result<Summary, any Error>
        do {
            result = .success(try await fill(start, reader, loader, workers, progress, complain))
        } catch {
            result = .failure(error)
        }
        try await workers.shutdownGracefully()
        // What was added before a failure need not be added again.
        try await loader.commit()
        let summary = try result.get()
        try await loader.finish()
        return summary
    }

    private func fill(
        _ start: Summary, _ reader: RawBatchReader, _ loader: Loader, _ workers: NIOThreadPool,
        _ progress: (Summary) -> Void, _ complain: (String, String) -> Void
    ) async throws -> Summary {
        var summary = start
        var list = RawChunks(limits: (Self.chunkBatches, Self.chunkBytes))
        let fold = RawFold(reader, plans)
        let ahead = ReadAhead<[RawFold.Item], RawFold.Output>(width: Self.readAhead) { items in
            try await workers.runIfActive { try fold.fold(items) }
        }
        try await ahead.run {
            while true {
                if case let chunks = list.take(), !chunks.isEmpty { return chunks }
                guard let position = list.position else { return [] }
                let listed = try await workers.runIfActive { try RawPage(after: position, in: reader.raw) }
                let page = try await loader.page(listed.items, end: listed.end)
                summary.known += page.known
                list.add(page)
            }
        } consume: { _, folded in
            for (key, reason) in folded.refused {
                summary.refused += 1
                complain(key.description, reason)
            }
            for (outcome, batch) in zip(try await loader.add(folded.contributions), folded.contributions) {
                if outcome == .conflict {
                    summary.refused += 1
                    complain(batch.entry.rawKey, "another batch of this identity lies under another day or stream")
                } else {
                    summary.batches += batch.entries.count
                    summary.events += batch.entries.reduce(0) { $0 + $1.events }
                }
            }
            progress(summary)
        }
        return summary
    }
}
