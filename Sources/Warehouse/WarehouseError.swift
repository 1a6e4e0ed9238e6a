/// Why a warehouse cannot be opened or asked. What SQLite itself refuses comes as `SQLiteError`.
public enum WarehouseError: Error, CustomStringConvertible {
    /// The file was written by another version of this program: the numbers of the layouts.
    case otherLayout(path: String, found: Int64, wanted: Int64)
    /// What a stream's definition says now is not what the file was made with.
    case otherDefinition(path: String, stream: String, what: String)
    /// Two streams declare the same table.
    case sharedTable(String, streams: [String])
    /// There is no such stream.
    case unknownStream(String)
    /// There is no such table.
    case unknownTable(String)
    /// A query must be one statement; it is none, or several.
    case notOneStatement
    /// A query may only read the tables: the engine's words.
    case notReadOnly(String)
    /// A query is not right: the engine's words.
    case query(String)
    /// A query took longer than it may.
    case timeLimit(Duration)
    /// A query's rows are larger than they may be.
    case resultTooLarge(limit: Int)
    /// A table's lines do not fit in memory, and the system's temporary folder cannot take them.
    case sorting(operation: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .otherLayout(let path, let found, let wanted):
            "\(path) has warehouse layout \(found), this program writes layout \(wanted): set the file aside and merge "
                + "the raw batches into a new one"
        case .otherDefinition(let path, let stream, let what):
            "\(path) was made with another definition of stream '\(stream)' (\(what)): restore that definition, or set "
                + "the file aside and merge the raw batches into a new one"
        case .sharedTable(let table, let streams):
            "the streams \(streams.joined(separator: " and ")) both declare a table '\(table)'"
        case .unknownStream(let name): "the warehouse has no stream '\(name)'"
        case .unknownTable(let name): "the warehouse has no table '\(name)'"
        case .notOneStatement: "a query is exactly one SELECT"
        case .notReadOnly(let reason): "a query may only read tables: \(reason)"
        case .query(let reason): "the query is not right: \(reason)"
        case .timeLimit(let limit): "the query took longer than \(limit)"
        case .resultTooLarge(let limit): "the query's rows have more than \(limit) bytes"
        case .sorting(let operation, let reason):
            "cannot \(operation) a file in the system's temporary folder, where a table is sorted: \(reason)"
        }
    }
}
