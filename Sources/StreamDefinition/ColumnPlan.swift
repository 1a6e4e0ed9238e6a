import JSON

/// A column: `{"name": "lat", "type": "coordinate", "path": "place.lat"}`.
public struct ColumnPlan: Hashable, Sendable {
    /// What a column holds.
    public enum ColumnType: String, Hashable, Sendable, CaseIterable {
        /// A whole number of 64 bits; `1.0` counts.
        case integer
        /// A text.
        case text
        /// A number, rounded to 6 decimals.
        case coordinate
        /// A number.
        case real
        /// `true` or `false`; the tables hold 1 and 0, as SQL counts.
        case boolean
    }

    /// A reference to a column of another table's key: `"references": "shops"`, or `"shops.shop"` where that key
    /// has several columns.
    public struct Reference: Hashable, Sendable {
        /// The other table.
        public let table: String
        /// A column of its key.
        public let column: String
    }

    /// The column's name.
    public let name: String
    /// What it holds.
    public let type: ColumnType
    /// Where its value stands in a message.
    public let path: ValuePath
    /// Whether a message without it is refused.
    public let isRequired: Bool
    /// The key that it refers to.
    public let references: Reference?
}
