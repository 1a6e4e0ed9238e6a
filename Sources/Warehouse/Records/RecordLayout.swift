import StreamDefinition

/// Which cell of a record holds which column of a table, and in which order a table's rows come.
///
/// Tables of things come in the order of their keys, tables of events by day-or-none, time, and what else there is.
struct RecordLayout: Sendable {
    /// The cells that come before the columns.
    let leading: Int
    /// For each cell the column that it holds, -1 where it holds none.
    let columns: [Int]

    /// Rows of things: the key, the time of the message, the other columns.
    static func things(_ table: FoldPlan.Table) -> RecordLayout {
        RecordLayout(leading: 0, columns: table.key + [-1] + table.others)
    }

    /// Rows kept with others: the key, the other columns.
    static func children(_ table: FoldPlan.Table) -> RecordLayout {
        RecordLayout(leading: 0, columns: table.key + table.others)
    }

    /// Revisions: whether the time is of a day, the time, the identity, the other columns.
    static func revisions(_ history: FoldPlan.History) -> RecordLayout {
        RecordLayout(leading: 1, columns: [history.time, history.identity] + history.order.dropFirst(2))
    }

    /// The latest: as revisions where they hold the time, otherwise as things.
    static func latest(_ table: FoldPlan.Table, of stream: StreamPlan) -> RecordLayout {
        let event = stream.eventTime(of: table.plan)
        guard let time = table.plan.columns.firstIndex(where: { $0 == event }) else { return children(table) }
        let first = [time] + table.key.filter { $0 != time }
        return RecordLayout(leading: 1, columns: first + table.sources.indices.filter { !first.contains($0) })
    }
}
