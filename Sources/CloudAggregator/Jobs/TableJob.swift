import StreamDefinition
import Warehouse

/// Prints the merged tables, whether or not the server runs.
public struct TableJob {
    private let warehouse: any Warehouse
    private let plans: [StreamPlan]

    /// Opens the warehouse.
    /// - Parameter stream: the stream whose tables are asked for; nil for all.
    public init(_ configuration: CloudConfiguration, stream: String? = nil) throws {
        warehouse = try configuration.readWarehouse()
        plans = warehouse.plans.filter { stream == nil || $0.name == stream }
        if let stream, plans.isEmpty { throw CloudError.noSuchStream(stream, known: warehouse.plans.map(\.name)) }
    }

    /// Tables, columns and references as a diagram for Mermaid.
    public var diagram: String { EntityDiagram(plans, showsColumns: true).description }

    /// Name, rows and digest of each table, a line each.
    public func digests() throws -> String {
        try warehouse.snapshot { try warehouse.digests(of: plans) }.map { "\($0)\n" }.joined()
    }

    /// Name and rows of each table.
    public func counts(format: RowFormat = .table) throws -> String {
        let tables = plans.flatMap { plan in plan.tables.map { (plan.name, $0) } }
        let rows: [[WarehouseValue]] = try warehouse.snapshot {
            try tables.map { stream, table in
                [.text(table.name), .integer(try warehouse.rowCount(of: table)), .text(stream)]
            }
        }
        return format.text(columns: ["table", "rows", "stream"], rows: rows)
    }

    /// The canonical text of a table.
    public func canonicalText(of table: String) throws -> [UInt8] {
        let known = plans.flatMap { $0.tables.map(\.name) }
        guard known.contains(table) else { throw CloudError.noSuchTable(table, known: known) }
        return try warehouse.canonicalText(table: table)
    }
}
