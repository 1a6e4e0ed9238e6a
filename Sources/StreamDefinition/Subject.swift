import JSON

/// Whom the messages of a stream are about, where that is a person: what can be forgotten.
///
///     {"name": "customer", "path": "customer.id"}
///
/// A row is the subject's where it holds the value at that path, is kept with such a row, or is a revision of a thing
/// whose latest row is.
public struct Subject: Hashable, Sendable {
    /// The word for it, the same in all streams that mean the same persons.
    public let name: String
    /// Where a message names it: a whole number or a text.
    public let path: JSONPath
}

extension StreamPlan {
    /// The column of a table that holds the subject; nil where the table does not.
    public func subjectColumn(of table: TablePlan) -> ColumnPlan? {
        guard let subject else { return nil }
        return table.columns.first { $0.path == .event(subject.path) && ($0.type == .integer || $0.type == .text) }
    }
}
