import CParquet

/// A column of a Parquet file.
public struct ParquetColumn: Hashable, Sendable {
    /// What a column holds.
    public enum Kind: String, Hashable, Sendable {
        /// Integers of 64 bits, signed (`INT64`).
        case integer
        /// Numbers (`DOUBLE`).
        case real
        /// Texts in UTF-8 (`BYTE_ARRAY` annotated as `STRING`).
        case text
        /// True or false (`BOOLEAN`).
        case truth = "boolean"
    }

    /// The column's name.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// Whether it may hold null.
    public let isOptional: Bool

    /// A column of that name.
    public init(_ name: String, _ kind: Kind, isOptional: Bool) {
        (self.name, self.kind, self.isOptional) = (name, kind, isOptional)
    }
}

extension ParquetColumn.Kind {
    var raw: parquet_kind {
        switch self {
        case .integer: PARQUET_INTEGER
        case .real: PARQUET_REAL
        case .text: PARQUET_TEXT
        case .truth: PARQUET_TRUTH
        }
    }
}
