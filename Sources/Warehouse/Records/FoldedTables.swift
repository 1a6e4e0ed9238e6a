import StreamDefinition

/// The rows of all tables, made of messages alone: what a warehouse would hold that has merged them.
///
/// Memory is bounded: what does not fit is in nameless files of a folder. Several tables may be read at a time.
public struct FoldedTables: Sendable {
    private let streams: [FoldedStream]

    /// The rows of what several folders have folded, each a share of the messages of those streams.
    ///
    /// - Parameter folder: where files go.
    public init(
        _ messages: [FoldedMessages], plans: [StreamPlan], in folder: String, limits: FoldLimits = FoldLimits()
    ) {
        streams = plans.enumerated().map { index, plan in
            FoldedStream(plan, messages.map { $0.streams[index] }, in: folder, blockBytes: limits.block)
        }
    }

    /// The streams.
    public var plans: [StreamPlan] { streams.map(\.plan) }

    /// Hands each row of a table to `body`: things in the order of their keys; events of no day first, by their time, then by
    /// the key, of revisions by the identity and the other columns. The row is good for that call alone.
    public func forEachRow(of table: TablePlan, _ body: (any WarehouseRow) throws -> Void) throws {
        guard let stream = streams.first(where: { $0.plan.table(table.name) != nil }) else {
            throw WarehouseError.unknownTable(table.name)
        }
        try stream.forEachRow(of: table.name, body)
    }
}
