import PostgreSQL
import StreamDefinition

/// A connection that is set up for one warehouse, and what lives as long as it: the tables that deltas are staged in.
final class PostgreSQLSession {
    let connection: PostgreSQLConnection
    private var merges: [String: StreamMerge] = [:]
    private var counters: CounterMerge?
    /// How many statements are handing over their rows, one within another.
    var depth = 0

    /// Connects.
    init(_ location: PostgreSQLLocation, access: WarehouseAccess) throws(PostgreSQLError) {
        connection = try PostgreSQLConnection(location.address)
        let shared = [
            "search_path TO \(PostgreSQLConnection.quoted(location.schema)), pg_temp",
            // Rows are wanted to the last, and no plan is used so often that compiling it would pay.
            "cursor_tuple_fraction = 1", "jit = off", "idle_in_transaction_session_timeout = '60s'",
        ]
        let own =
            switch access {
            case .readOnly: ["default_transaction_read_only = on"]
            // A merge looks up what its delta names, however large the tables are: joins by hash or by order would read
            // them whole.
            case .readWrite, .loading:
                [
                    "enable_hashjoin = off", "enable_mergejoin = off", "work_mem = '32MB'", "temp_buffers = '32MB'",
                ]
            }
        try connection.execute((shared + own).map { "SET \($0)" }.joined(separator: "; "))
        switch access {
        case .readOnly: break
        case .loading: try connection.execute("SET synchronous_commit = off")
        case .readWrite:
            // A commit has reached the disk when it returns.
            _ = try connection.run(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
            )
        }
    }

    /// What merges a stream; made at its first use, which must be outside of a transaction.
    func merge(_ fold: FoldPlan) throws(PostgreSQLError) -> StreamMerge {
        if let known = merges[fold.stream.name] { return known }
        let merge = try StreamMerge(fold, number: merges.count, connection)
        merges[fold.stream.name] = merge
        return merge
    }

    /// What adds to counters; the same holds for its first use.
    func counterMerge() throws(PostgreSQLError) -> CounterMerge {
        if let counters { return counters }
        let made = try CounterMerge(connection)
        counters = made
        return made
    }
}
