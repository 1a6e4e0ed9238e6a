/// Why a Parquet file cannot be written.
public enum ParquetError: Error, Equatable, CustomStringConvertible {
    /// A file has at least one column.
    case noColumns(path: String)
    /// Arrow refuses: what was to be done, with which file, and its words.
    case library(operation: String, path: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .noColumns(let path): "'\(path)' cannot be written: a Parquet file needs a column"
        case .library(let operation, let path, let reason): "cannot \(operation) '\(path)': \(reason)"
        }
    }
}
