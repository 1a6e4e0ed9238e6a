/// Why a warehouse cannot be opened or asked. What an engine itself refuses comes as `SQLiteError` or `PostgreSQLError`.
public enum WarehouseError: Error, CustomStringConvertible {
    /// What is there is no warehouse.
    case noWarehouse(place: String)
    /// There is no warehouse yet.
    case noTables(place: String)
    /// A database server is too old, or keeps texts in another encoding than UTF-8.
    case unfitServer(place: String, version: Int, encoding: String)
    /// A role of a database server may not make or change the warehouse's schema.
    case noPrivilege(place: String, role: String, isThere: Bool)
    /// A newer version of this program has written the warehouse: the numbers of the layouts.
    case newerLayout(place: String, found: Int64, known: Int64)
    /// An older version of this program has written the warehouse, and it cannot be brought up to date by reading it.
    case olderLayout(place: String, found: Int64, wanted: Int64)
    /// What a stream's definition says now is not what the warehouse was made with.
    case otherDefinition(place: String, stream: String, what: String)
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
    /// New tables cannot take the place of the old ones.
    case replacing(operation: String, path: String, reason: String)
    /// A batch was merged before, and others that were not are folded together with it.
    case inseparable(device: String, epoch: Int64, sequence: Int64)
    /// A table's lines do not fit in memory, and the system's temporary folder cannot take them.
    case sorting(operation: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .noWarehouse(let place):
            "\(place) holds something else than a warehouse: name another place, or remove what is there"
        case .noTables(let place):
            "there is no warehouse in \(place) yet; 'waystation-cloud serve' makes it"
        case .unfitServer(let place, let version, let encoding):
            "\(place) is a server of version \(version) with the encoding \(encoding): it must be 13 or newer, and the "
                + "database made with ENCODING 'UTF8'"
        case .noPrivilege(let place, let role, let isThere):
            isThere
                ? "role '\(role)' may not use \(place): ALTER SCHEMA ... OWNER TO \(role)"
                : "role '\(role)' may not make \(place): GRANT CREATE ON DATABASE ... TO \(role), or make the schema for it "
                    + "by CREATE SCHEMA ... AUTHORIZATION \(role)"
        case .newerLayout(let place, let found, let known):
            "\(place) has warehouse layout \(found), this program knows layouts up to \(known): a newer version has "
                + "written it; install that version again, or run 'waystation-cloud rebuild', which makes new tables from "
                + "the raw batches"
        case .olderLayout(let place, let found, let wanted):
            "\(place) has warehouse layout \(found), this program reads layout \(wanted): start 'waystation-cloud serve' "
                + "once, which brings it up to date"
        case .otherDefinition(let place, let stream, let what):
            "\(place) was made with another definition of stream '\(stream)' (\(what)): restore that definition, or run "
                + "'waystation-cloud rebuild', which makes new tables from the raw batches"
        case .sharedTable(let table, let streams):
            "the streams \(streams.joined(separator: " and ")) both declare a table '\(table)'"
        case .unknownStream(let name):
            "the warehouse has no tables of stream '\(name)': where its file is new, start 'waystation-cloud serve' once, "
                + "which makes them"
        case .unknownTable(let name): "the warehouse has no table '\(name)'"
        case .notOneStatement: "a query is exactly one SELECT"
        case .notReadOnly(let reason): "a query may only read tables: \(reason)"
        case .query(let reason): "the query is not right: \(reason)"
        case .timeLimit(let limit): "the query took longer than \(limit)"
        case .resultTooLarge(let limit): "the query's rows have more than \(limit) bytes"
        case .replacing(let operation, let path, let reason): "cannot \(operation) '\(path)': \(reason)"
        case .inseparable(let device, let epoch, let sequence):
            "batch \(device)/\(epoch)/\(sequence), or one that came with it, was merged before: another program merges too; "
                + "stop it and run this again"
        case .sorting(let operation, let reason):
            "cannot \(operation) a file in the system's temporary folder, where a table is sorted: \(reason)"
        }
    }
}
