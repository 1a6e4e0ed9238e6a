extension StreamPlan {
    /// The column that says of a row of events when its event was: in the table of the revisions, and in that of the latest
    /// where it holds the time. Nil for tables of things, which have no time.
    public func eventTime(of table: TablePlan) -> ColumnPlan? {
        switch table.keep {
        case .newest, .with: nil
        case .revisions, .latest: table.columns.first { $0.path == .event(time) && $0.type == .integer }
        }
    }
}
