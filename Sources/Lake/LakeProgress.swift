/// How far the renewal of a lake has come.
public enum LakeProgress: Hashable, Sendable, CustomStringConvertible {
    /// The rows of a table between two reports.
    static let interval: Int64 = 1_000_000

    /// So many rows of a table are read.
    case reading(table: String, rows: Int64)
    /// All of a table that has changed is written: rows and files.
    case written(table: String, rows: Int64, files: Int)
    /// So many of the new files are in their place.
    case stored(files: Int, of: Int)

    /// A line for an operator.
    public var description: String {
        switch self {
        case .reading(let table, let rows): "\(table): \(rows) rows"
        case .written(let table, let rows, let files): "\(table): \(rows) rows in \(files) files"
        case .stored(let files, let all): "\(files) of \(all) files are in their place"
        }
    }
}
