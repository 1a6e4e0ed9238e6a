import Cryptography
import Lake
import NIOCore
import NIOPosix
import ObjectStore
import RawStore
import StreamDefinition
import Synchronization
import Warehouse

/// Writes all tables as files of Parquet from the raw batches alone: no warehouse is read or made. The server may run.
public struct RawLakeJob: Sendable {
    /// What it has come to.
    public struct Summary: Sendable, CustomStringConvertible {
        /// Batches folded, and their events.
        public internal(set) var batches = 0, events: Int64 = 0
        /// Batches that cannot be taken.
        public internal(set) var refused = 0
        /// The first day of which there are raw batches; nil where none was ever removed.
        public internal(set) var expiredBefore: String?
        /// What became of the lake, once it was written.
        public internal(set) var lake: LakeSummary?

        /// Lines for an operator.
        public var description: String {
            let lost = expiredBefore.map { "Raw batches from before \($0) were removed: their rows are gone.\n" } ?? ""
            let lake = lake.map { "\($0)\n" } ?? ""
            return "folded \(batches) batches with \(events) events, \(refused) refused\n\(lost)\(lake)"
        }
    }

    /// Threads that fold, at most: each has its own share of what is known of the messages.
    private static let folderLimit = 4

    /// What stays where the raw batches are not complete.
    private static let kept = "the lake is left as it is"

    private let configuration: CloudConfiguration
    private let plans: [StreamPlan]
    private let state: StateFolder
    private let objects: any ObjectStore
    private let key: PrivateKey

    /// Reads what it needs of the configuration.
    public init(_ configuration: CloudConfiguration) throws {
        self.configuration = configuration
        objects = try configuration.objects()
        plans = try configuration.plans()
        state = try StateFolder(configuration.state)
        key = try KeyRing.receiptKey(configuration)
    }

    /// Writes the lake anew.
    ///
    /// - Parameters:
    ///   - isPartial: whether it may take the old one's place although batches are refused, or were removed.
    ///   - progress: told after each batch what is done so far, by one thread at a time.
    ///   - report: told how far the writing has come.
    ///   - complain: told of each batch that is refused: its key and why.
    public func run(
        isPartial: Bool = false, clock: WallClock = .system,
        progress: @escaping @Sendable (Summary) -> Void = { _ in },
        report: @escaping @Sendable (LakeProgress) -> Void = { _ in },
        complain: @escaping @Sendable (String, String) -> Void
    ) async throws -> Summary {
        ProcessMemory.keepLargeBlocks()
        // One at a time: the folder is locked.
        let scratch = try ScratchFolder(state.path + "/lake.tmp")
        defer { withExtendedLifetime(scratch) {} }
        let expired = try ExpiryMark(store: objects, key: key).day()
        if let expired, !isPartial {
            throw CloudError.incompleteRaw(reason: "those from before \(expired) were removed", kept: Self.kept)
        }
        let tally = RawTally(Summary(expiredBefore: expired), progress, complain)
        let folded = try await fold(in: scratch.path, tally)
        var summary = tally.summary
        guard summary.refused == 0 || isPartial else {
            throw CloudError.incompleteRaw(reason: "\(summary.refused) are refused", kept: Self.kept)
        }
        let tables = FoldedTables(folded, plans: plans, in: scratch.path)
        summary.lake = try configuration.lake(scratch: scratch).renew(
            from: tables, now: clock.milliseconds, progress: report)
        return summary
    }

    /// Folds all batches, on several threads.
    private func fold(in folder: String, _ tally: RawTally) async throws -> [FoldedMessages] {
        let reader = try RawBatchReader(objects, configuration, key: key)
        let forgotten = try ForgottenRecords(store: objects, key: key).subjects(of: plans)
        let feed = RawFeed(reader.raw)
        let threads = min(System.coreCount, Self.folderLimit)
        let limits = FoldLimits(threads: threads)
        let workers = NIOThreadPool(numberOfThreads: threads)
        workers.start()
        let result: Result<[FoldedMessages], any Error>
        do {
            var all = try await withThrowingTaskGroup(of: FoldedMessages.self) { group in
                for _ in 0..<threads {
                    group.addTask { [plans] in
                        try await workers.runIfActive {
                            let share = RawShare(reader, plans, in: folder, limits: limits, forgotten: forgotten, tally)
                            while let item = try feed.next() {
                                if try !share.add(item) { feed.refuse(item) }
                            }
                            return try share.finish()
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            all.append(
                try await workers.runIfActive { [plans] in
                    let share = RawShare(reader, plans, in: folder, limits: limits, forgotten: forgotten, tally)
                    try share.add(repeated: feed.takeRepeated())
                    return try share.finish()
                })
            result = .success(all)
        } catch {
            result = .failure(error)
        }
        try await workers.shutdownGracefully()
        return try result.get()
    }
}
