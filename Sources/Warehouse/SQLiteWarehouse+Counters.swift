import SQLite

/// What is counted of a stream as it comes in.
///
/// Revisions are counted when they are new to the warehouse, so that several edges that carry the same stream count
/// once; a precise revision that takes the place of its echo counts nothing more.
public struct LiveCounters: Equatable, Sendable {
    /// A value that is counted by, and its count.
    public struct Entry: Equatable, Sendable {
        /// The value.
        public let value: String
        /// Its name for people, where there is one.
        public let label: String?
        /// The revisions with it.
        public let count: Int64
    }

    /// The events received in batches that were merged, repeated and malformed ones included.
    public let events: Int64
    /// Those of them that could not be merged.
    public let malformed: Int64
    /// The distinct revisions.
    public let revisions: Int64
    /// The revisions by the values that split the stream.
    public let split: [String: Int64]
    /// The regions with the most revisions.
    public let regions: [Entry]
    /// The categories with the most revisions.
    public let categories: [Entry]
}

extension SQLiteWarehouse {
    /// The counters of a stream; of regions and categories the `top` greatest.
    public func counters(stream: String, top: Int = 20) throws -> LiveCounters {
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
