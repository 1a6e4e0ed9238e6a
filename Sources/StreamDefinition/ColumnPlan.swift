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
    public let path: ColumnPath
    /// Whether a message without it is refused.
    public let isRequired: Bool
    /// The key that it refers to.
    public let references: Reference?
}

/// Where a column's value stands: in the message, or in one element of the table's `each`.
public enum ColumnPath: Hashable, Sendable, CustomStringConvertible {
    /// `a.b`: from the message's root.
    case message(JSONPath)
    /// `@` or `@.a.b`: from the element.
    case element(JSONPath)
    /// `@key`: the element's name in the map.
    case elementKey

    /// The path of that text.
    public init(_ text: String) {
        switch text {
        case "@": self = .element(JSONPath(""))
        case "@key": self = .elementKey
        case _ where text.hasPrefix("@."): self = .element(JSONPath(String(text.dropFirst(2))))
        default: self = .message(JSONPath(text))
        }
    }

    /// The text of the path.
    public var description: String {
        switch self {
        case .message(let path): path.description
        case .element(let path): path.keys.isEmpty ? "@" : "@.\(path)"
        case .elementKey: "@key"
        }
    }

    /// Whether the path starts at an element.
    public var isOfElement: Bool {
        if case .message = self { false } else { true }
    }
}
