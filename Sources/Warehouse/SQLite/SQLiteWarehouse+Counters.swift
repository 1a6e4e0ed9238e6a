import SQLite

extension SQLiteWarehouse {
    func counters(stream: String, top: Int) throws -> LiveCounters {
        guard plans.contains(where: { $0.name == stream }) else { throw WarehouseError.unknownStream(stream) }
        func entries(_ measure: String, limit: Int) throws -> [LiveCounters.Entry] {
            try database.statement(
                """
                SELECT value, label, count FROM live_counts WHERE stream = ? AND measure = ? AND count > 0 \
                ORDER BY count DESC, value LIMIT ?
                """
            ).rows([.text(stream), .text(measure), .integer(Int64(limit))]).compactMap { row in
                guard let value = row[0].text, let count = row[2].integer else { return nil }
                return LiveCounters.Entry(value: value, label: row[1].text, count: count)
            }
        }
        func total(_ measure: String) throws -> Int64 {
            try entries(measure, limit: 1).first?.count ?? 0
        }
        let split = try entries(LiveTally.split, limit: 1000)
        return try LiveCounters(
            events: total(LiveTally.events), malformed: total(LiveTally.malformed),
            revisions: total(LiveTally.revisions),
            split: Dictionary(split.map { ($0.value, $0.count) }, uniquingKeysWith: +),
            regions: entries(LiveTally.regions, limit: top), categories: entries(LiveTally.categories, limit: top))
    }
}
