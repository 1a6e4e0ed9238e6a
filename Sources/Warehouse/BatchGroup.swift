/// Batches to merge in one transaction, and what they change together if all of them are new.
///
/// To join batches takes no database, but a good part of the time that a merge takes. So they are joined as they come, on
/// another thread, while the writer is at work on the group before; nearly always the ledger then knows none of them. Where
/// it does know one, those that are new are joined once more without it.
public struct BatchGroup: Sendable {
    /// The batches.
    public private(set) var contributions: [BatchContribution] = []
    /// What they change together, by stream.
    private(set) var deltas: [String: OrderedDelta] = [:]

    /// A group of no batches yet.
    public init() {}

    /// A group of those batches.
    public init(_ contributions: [BatchContribution]) {
        for contribution in contributions { add(contribution) }
    }

    /// Joins a batch to those that are in the group.
    public mutating func add(_ contribution: BatchContribution) {
        contributions.append(contribution)
        let stream = contribution.delta.stream.name
        if deltas[stream] == nil {
            deltas[stream] = OrderedDelta(contribution.delta)
        } else {
            deltas[stream]?.merge(contribution.delta)
        }
    }

    /// Sorts the rows that came since the last time. What is not sorted before the merge, the merge sorts.
    public mutating func sort() {
        for stream in Array(deltas.keys) {
            deltas[stream]?.orderNewest()
            deltas[stream]?.orderHistory()
        }
    }
}
