import JSON

/// A table in third normal form and how messages become its rows.
///
///     {"name": "shops", "keep": "newest", "key": ["shop"], "when": "shop",
///      "columns": [{"name": "shop", "type": "integer", "path": "shop.id"}, ...]}
///     {"name": "shop_goods", "keep": "with", "of": "shops", "each": "shop.goods", "key": ["shop", "good"],
///      "columns": [{"name": "shop", "type": "integer", "path": "shop.id", "references": "shops"},
///                  {"name": "good", "type": "text", "path": "@.key", "references": "goods"}]}
///
/// With `each` there is a row for each element of an array or map, else at most one a message. With `when` there is
/// none unless that value is there and not empty. Key columns are never null.
public struct TablePlan: Sendable {
    /// Which of the rows that messages give are kept.
    public enum Keep: Hashable, Sendable {
        /// A key's row from the message with the greatest (time, columns in their order).
        case newest
        /// The rows of the message that gave the owner its row.
        case with(of: String)
        /// A row for each distinct version of a thing, less the echoes.
        case revisions(echo: EchoRule?)
        /// A thing's greatest revision by (time, columns); columns that the revisions lack, from its newest message.
        case latest(of: String)
    }

    /// The table's name.
    public let name: String
    /// Which rows are kept.
    public let keep: Keep
    /// The array or map in the message whose elements give rows.
    public let each: JSONPath?
    /// The value without which a message gives no row.
    public let when: JSONPath?
    /// The columns, in the order of the file.
    public let columns: [ColumnPlan]
    /// The columns of the primary key.
    public let key: [String]
    /// The references to other tables.
    public let foreignKeys: [ForeignKey]

    /// The column of that name.
    public func column(_ name: String) -> ColumnPlan? {
        columns.first { $0.name == name }
    }
}

/// Columns that hold the key of a row in another table.
public struct ForeignKey: Hashable, Sendable {
    /// The columns of this table.
    public let columns: [String]
    /// The other table.
    public let table: String
    /// The columns of the other table's key, one for each of `columns`.
    public let referenced: [String]
}

/// Which versions of a thing only repeat another one under a rounded time.
///
/// A row whose time is a multiple of `whole` is an echo, if the same thing has an otherwise equal row whose time is no
/// such multiple and at most `within` away.
public struct EchoRule: Hashable, Sendable {
    /// What times are rounded to, in milliseconds.
    public let wholeMilliseconds: Int64
    /// How far rounding takes a time, in milliseconds.
    public let withinMilliseconds: Int64
}
