/// Fills tables that nobody reads yet with a great many batches, in larger steps than merging: with the same result.
///
/// Not for use from two threads at a time. All calls block.
public protocol WarehouseLoader: AnyObject {
    /// Adds batches, and says in their order what became of each. They last once they are committed, which may be at once.
    func add(_ contributions: [BatchContribution]) throws -> [MergeReport.Outcome]

    /// Where the raw bytes of the batch of that identity are kept, where it was added, now or earlier.
    func rawKey(device: String, epoch: Int64, sequence: Int64) throws -> String?

    /// Makes all that was added last.
    func commit() throws

    /// Commits, and makes what readers need.
    func finish() throws
}

/// Fills a warehouse by merging.
final class MergingLoader: WarehouseLoader {
    private let warehouse: any Warehouse

    init(_ warehouse: any Warehouse) {
        self.warehouse = warehouse
    }

    func add(_ contributions: [BatchContribution]) throws -> [MergeReport.Outcome] {
        try warehouse.merge(contributions).outcomes
    }

    func rawKey(device: String, epoch: Int64, sequence: Int64) throws -> String? {
        try warehouse.ledgerEntry(device: device, epoch: epoch, sequence: sequence)?.rawKey
    }

    func commit() throws {}

    func finish() throws {}
}
