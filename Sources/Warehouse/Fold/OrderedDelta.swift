/// A delta, and the order in which its rows are written.
///
/// The order lags behind what is merged into the delta until it is asked for; then only what came since is sorted.
struct OrderedDelta: Sendable {
    private(set) var delta: MergeDelta
    /// The order of each table that keeps the newest, by its key.
    private(set) var newest: [RowOrder]
    /// What is kept with the rows of each.
    private(set) var children: [SortedChildRows]
    /// The order of the revisions: by identity, time, the other columns.
    private(set) var revisions: RowOrder?
    /// The order of the things' newest messages.
    private(set) var owners: RowOrder?

    init(_ delta: MergeDelta) {
        self.delta = delta
        newest = delta.newest.map { RowOrder(by: $0.key) }
        children = delta.children.map { _ in SortedChildRows() }
        revisions = delta.plan.history.map { RowOrder(by: $0.order) }
        owners = delta.owners.map { RowOrder(by: $0.key) }
    }

    /// Adds all messages of another delta of the same stream.
    mutating func merge(_ other: MergeDelta) {
        delta.merge(other)
    }

    /// Brings the order of the tables that keep the newest, and of the rows kept with them, up to date.
    mutating func orderNewest() {
        delta.texts.withView { texts in
            for index in newest.indices { newest[index].grow(to: delta.newest[index], texts) }
        }
        for index in children.indices { children[index].grow(to: delta.children[index], delta.texts) }
    }

    /// Brings the order of the history up to date.
    mutating func orderHistory() {
        delta.texts.withView { texts in
            if let rows = delta.revisions?.rows { revisions?.grow(to: rows, texts) }
            if let rows = delta.owners { owners?.grow(to: rows, texts) }
        }
    }
}
