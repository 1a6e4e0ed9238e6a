import StreamDefinition
import Warehouse

/// The one writer of the warehouse, on a thread of its own.
actor Merger {
    private let executor = ThreadExecutor()
    private let warehouse: any Warehouse

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ location: WarehouseLocation, plans: [StreamPlan]) throws {
        warehouse = try location.open(plans, access: .readWrite)
    }

    /// Merges a group in one transaction and answers for each batch in order.
    func merge(_ group: BatchGroup) throws -> [MergeOutcome] {
        let report = try warehouse.merge(group)
        return report.outcomes.map { MergeOutcome(result: $0, watermark: report.watermark) }
    }
}
