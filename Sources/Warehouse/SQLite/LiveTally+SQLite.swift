import SQLite

extension LiveTally {
    /// Adds all to the stored counters.
    func write(_ stream: String, _ delta: MergeDelta, in database: SQLiteDatabase) throws(SQLiteError) {
        let upsert = try database.statement(
            """
            INSERT INTO live_counts (stream, measure, value, label, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
            SET count = count + excluded.count, label = coalesce(excluded.label, label)
            """)
        for change in changes(delta) {
            try upsert.run([
                .text(stream), .text(change.measure), .text(change.value), SQLiteValue(change.label),
                .integer(change.count),
            ])
        }
    }
}
