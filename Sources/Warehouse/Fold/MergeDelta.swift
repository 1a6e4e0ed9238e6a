import StreamDefinition

/// What a set of messages of one stream changes: the rows they leave, each key once, and what is counted.
///
/// A pure value and a function of the SET of its messages: neither order nor repetition nor the way in which deltas
/// were merged changes what a warehouse makes of it. A `DeltaBuilder` makes it.
///
/// - `newest` tables hold each key's row of the greatest (time, columns); their children come from that message.
/// - The history holds each distinct version once, echoes included; the warehouse, which may know the precise one
///   already, drops them.
/// - Columns of the latest revision that revisions lack come from the thing's newest message.
public struct MergeDelta: Sendable {
    let plan: FoldPlan
    /// The texts of all rows.
    var texts = TextStore()
    var newest: [NewestRows]
    var children: [ChildRows]
    var revisions: RevisionRows?
    var owners: NewestRows?
    /// Rows are staged here before they are offered.
    var staged: [Cell] = []

    /// How many messages were added, repetitions included.
    public internal(set) var messages: Int64 = 0

    /// A delta of no messages.
    public init(plan stream: StreamPlan) {
        self.init(FoldPlan(stream))
    }

    init(_ plan: FoldPlan) {
        self.plan = plan
        newest = plan.newest.map { NewestRows(width: $0.width, key: $0.key) }
        children = plan.children.map { ChildRows(width: $0.table.width, key: $0.table.key) }
        revisions = plan.history.map { RevisionRows(width: $0.revisions.width) }
        owners = plan.history?.owner.map { NewestRows(width: $0.width, key: $0.key) }
    }

    /// The stream whose messages these are.
    public var stream: StreamPlan { plan.stream }
}
