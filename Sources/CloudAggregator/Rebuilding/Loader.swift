import StreamDefinition
import Warehouse

/// Fills new tables, on a thread of its own.
actor Loader {
    private let executor = ThreadExecutor()
    private let loader: any WarehouseLoader

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ location: WarehouseLocation, plans: [StreamPlan]) throws {
        loader = try location.loader(plans)
    }

    /// Adds batches, and says in their order what became of each.
    func add(_ contributions: [BatchContribution]) throws -> [MergeReport.Outcome] {
        try loader.add(contributions)
    }

    /// Holds a page of the raw batches against what was added, now or by an earlier run.
    ///
    /// - Parameter end: where to go on; nil at the end.
    func page(_ items: [RawFold.Item], end: String?) throws -> RawChunks.Page {
        var page = RawChunks.Page(end: end)
        for item in items {
            let identity = item.key.identity
            let place = try loader.rawKey(
                device: identity.device, epoch: identity.epoch, sequence: identity.sequence)
            switch place {
            case nil: page.missing.append(item)
            case item.info.key: page.known += 1
            default: page.repeated.append(item)
            }
        }
        return page
    }

    /// Makes all that was added last.
    func commit() throws {
        try loader.commit()
    }

    /// Commits, and makes what readers need.
    func finish() throws {
        try loader.finish()
    }
}
