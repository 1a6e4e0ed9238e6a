import StreamDefinition

/// The tables of streams and their references as an entity-relationship diagram, in Mermaid's words.
///
///     erDiagram
///         shops {
///             integer shop PK
///             text city
///         }
///         shops ||--o{ orders : "shop"
///
/// `||` is exactly one, `|o` one or none, `o{` any number; the label names the referring columns.
public struct EntityDiagram: CustomStringConvertible {
    private let plans: [StreamPlan]
    private let showsColumns: Bool

    /// - Parameter showsColumns: whether tables have their columns, or only their names.
    public init(_ plans: [StreamPlan], showsColumns: Bool) {
        (self.plans, self.showsColumns) = (plans, showsColumns)
    }

    /// The diagram, a statement a line.
    public var description: String {
        let lines = plans.flatMap { plan in
            plan.tables.flatMap(entity)
                + plan.tables.flatMap { table in
                    table.foreignKeys.map { relation($0, of: table) }
                }
        }
        return "erDiagram\n" + lines.map { "    \($0)\n" }.joined()
    }

    private func entity(_ table: TablePlan) -> [String] {
        guard showsColumns else { return [table.name] }
        let columns = table.columns.map { column in
            let marks = [
                table.key.contains(column.name) ? "PK" : nil, column.references == nil ? nil : "FK",
            ].compactMap(\.self).joined(separator: ", ")
            return "    \(column.type.rawValue) \(column.name)" + (marks.isEmpty ? "" : " \(marks)")
        }
        return ["\(table.name) {"] + columns + ["}"]
    }

    private func relation(_ key: ForeignKey, of table: TablePlan) -> String {
        let isNeeded = key.columns.allSatisfy { table.column($0)?.isRequired ?? false }
        let isWholeKey = Set(key.columns) == Set(table.key)
        return "\(key.table) \(isNeeded ? "||" : "|o")--\(isWholeKey ? "o|" : "o{") \(table.name) : "
            + "\"\(key.columns.joined(separator: ", "))\""
    }
}
