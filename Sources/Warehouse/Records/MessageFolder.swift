import JSON
import StreamDefinition

/// Folds messages of several streams, on one thread, into what `FoldedTables` are made of.
public final class MessageFolder {
    private let limits: FoldLimits
    private var folds: [RowFold]
    private let names: [String]

    /// - Parameters:
    ///   - folder: where files go that have no name.
    ///   - forgotten: whose rows are left out, by stream.
    public init(
        _ plans: [StreamPlan], in folder: String, limits: FoldLimits = FoldLimits(),
        forgotten: [String: ForgottenSubjects] = [:]
    ) {
        self.limits = limits
        names = plans.map(\.name)
        folds = plans.map { plan in
            RowFold(FoldPlan(plan), in: folder, blockBytes: limits.block, forgotten: forgotten[plan.name])
        }
    }

    /// Adds messages of a stream, which `read` hands over one by one; after a `MappingError` nothing of that message was.
    public func add(stream: String, _ read: ((JSONElement) throws -> Void) throws -> Void) throws {
        guard let index = names.firstIndex(of: stream) else { throw WarehouseError.unknownStream(stream) }
        try read { try folds[index].add($0) }
        if folds.reduce(0, { $0 + $1.byteCount }) > limits.known,
            let greatest = folds.indices.max(by: { folds[$0].byteCount < folds[$1].byteCount })
        {
            try folds[greatest].flush()
        }
    }

    /// All that was added; there is nothing afterwards.
    public func finish() throws -> FoldedMessages {
        var streams: [RowRuns] = []
        for index in folds.indices { streams.append(try folds[index].finish()) }
        return FoldedMessages(streams: streams)
    }
}

/// What messages say of the tables of some streams.
public struct FoldedMessages: Sendable {
    /// In the order of the streams.
    let streams: [RowRuns]
}
