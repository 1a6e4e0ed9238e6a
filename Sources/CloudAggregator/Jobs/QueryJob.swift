import Warehouse

/// Answers a question about the merged tables, whether or not the server runs.
public struct QueryJob {
    private let warehouse: any Warehouse

    /// Opens the warehouse.
    public init(_ configuration: CloudConfiguration) throws {
        warehouse = try configuration.readWarehouse()
    }

    /// The rows of one SELECT, at most `limit`, and whether there are more.
    public func run(_ sql: String, limit: Int, timeout: Duration) throws -> QueryResult {
        try warehouse.query(sql, rowLimit: limit, timeLimit: timeout)
    }
}
