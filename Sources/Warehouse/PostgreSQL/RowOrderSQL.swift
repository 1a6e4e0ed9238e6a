import StreamDefinition

/// The order of cells (`CellOrder`) in SQL: null before all else, then by value.
struct RowOrderSQL {
    private let columns: [(name: String, type: ColumnPlan.ColumnType, isRequired: Bool)]

    /// The order of rows of those columns, the first decides first.
    init(_ columns: [ColumnPlan], in table: TableSchema) {
        self.columns = columns.map { (TableSchema.quoted($0.name), $0.type, table.isRequired($0)) }
    }

    /// A condition: the row called `left` comes behind the one called `right`.
    func isGreater(_ left: String, _ right: String) -> String {
        columns.isEmpty ? "false" : "ROW(\(values(left))) > ROW(\(values(right)))"
    }

    /// A condition: the rows differ.
    func differs(_ left: String, _ right: String) -> String {
        columns.isEmpty ? "false" : "ROW(\(values(left))) <> ROW(\(values(right)))"
    }

    /// What of a row is compared: never null, so that all rows can be.
    private func values(_ row: String) -> String {
        columns.map { column in
            let value = "\(row).\(column.name)"
            let zero = column.type == .text ? "''" : "0"
            return column.isRequired ? value : "\(value) IS NOT NULL, coalesce(\(value), \(zero))"
        }.joined(separator: ", ")
    }
}
