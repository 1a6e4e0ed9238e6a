import PostgreSQL

extension PostgreSQLWarehouse {
    /// The most values that split a stream.
    private static let splitValues = 1000

    func counters(stream: String, top: Int) throws -> LiveCounters {
        guard plans.contains(where: { $0.name == stream }) else { throw WarehouseError.unknownStream(stream) }
        return try first { try Self.counters(stream, top, $0.connection) }
    }

    private static func counters(
        _ stream: String, _ top: Int, _ connection: PostgreSQLConnection
    ) throws(PostgreSQLError) -> LiveCounters {
        func entries(_ measure: String, limit: Int) throws(PostgreSQLError) -> [LiveCounters.Entry] {
            let found = try connection.run(
                """
                SELECT value, label, count FROM live_counts WHERE stream = $1 AND measure = $2 AND count > 0 \
                ORDER BY count DESC, value LIMIT $3
                """, [.text(stream), .text(measure), .integer(Int64(limit))])
            return (0..<found.rowCount).map { position in
                let row = PostgreSQLRow(found, at: position)
                return LiveCounters.Entry(
                    value: row.value(0).text ?? "", label: row.value(1).text, count: row.integer(2))
            }
        }
        func total(_ measure: String) throws(PostgreSQLError) -> Int64 {
            try entries(measure, limit: 1).first?.count ?? 0
        }
        let split = try entries(LiveTally.split, limit: splitValues)
        return LiveCounters(
            events: try total(LiveTally.events), malformed: try total(LiveTally.malformed),
            revisions: try total(LiveTally.revisions),
            split: Dictionary(split.map { ($0.value, $0.count) }, uniquingKeysWith: +),
            regions: try entries(LiveTally.regions, limit: top),
            categories: try entries(LiveTally.categories, limit: top))
    }
}
