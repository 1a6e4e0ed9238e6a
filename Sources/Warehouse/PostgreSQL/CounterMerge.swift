import PostgreSQL

/// Adds to the stored counters.
struct CounterMerge {
    private let staging: StagingTable
    private let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) throws(PostgreSQLError) {
        self.connection = connection
        let text = SQLDialect.postgresql.text
        staging = try StagingTable(
            "_counts",
            [
                .init(name: "measure", type: text), .init(name: "value", type: text), .init(name: "label", type: text),
                .init(name: "count", type: SQLDialect.postgresql.integer),
            ], connection)
    }

    /// Adds those changes to a stream's counters.
    func write(_ changes: [LiveTally.Change], stream: String) throws(PostgreSQLError) {
        try staging.fill { copy throws(PostgreSQLError) in
            for change in changes {
                copy.beginRow(fields: staging.width)
                copy.append(text: change.measure)
                copy.append(text: change.value)
                if let label = change.label { copy.append(text: label) } else { copy.appendNull() }
                copy.append(integer: change.count)
            }
        }
        // What is staged goes at once: another stream's changes may follow in the same transaction.
        _ = try connection.runOnce(
            """
            WITH staged AS (DELETE FROM \(staging.name) RETURNING *) \
            INSERT INTO live_counts AS l (stream, measure, value, label, count) \
            SELECT $1::text, measure, value, label, count FROM staged ON CONFLICT (stream, measure, value) DO UPDATE \
            SET count = l.count + excluded.count, label = coalesce(excluded.label, l.label)
            """, [.text(stream)])
    }
}
