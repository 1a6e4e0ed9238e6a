/// The rows that a query gave.
public struct QueryResult: Sendable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, no more than were asked for.
    public let rows: [[WarehouseValue]]
    /// Whether there were more.
    public let isTruncated: Bool
}
