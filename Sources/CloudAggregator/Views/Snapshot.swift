import JSON

/// All that the page shows at one moment, the same for every viewer; the answer of `GET /v1/snapshot` and the data of
/// each event of `GET /v1/live`.
///
///     {"as_of_ms": 1489900000000,            when it was computed, ms since 1970; also the event's id
///      "watermark": 42,                      the commit up to which the numbers hold
///      "fleet": "meetup",
///      "events": 4001,                       lines received in merged batches, repeats included
///      "revisions": 3300,                    distinct messages that count
///      "malformed": 2,                       lines that could not be merged
///      "streams": [{                         those declared, first what a model learns from; the numbers above are their sums
///        "stream": "rsvps", "events": 4001, "revisions": 3300, "malformed": 2,
///        "rate_per_s": 12.4,                 events merged a second, mean of the last 10 whole seconds
///        "rate_series": {"from_ms": 1489899700000, "events": [0, 12, 13]},  one number a second, at most 300
///        "titles": {"split": "response", "regions": "group.group_country", "categories": "group.group_topics"},
///        "split": {"no": 900, "yes": 2400},
///        "regions": [{"key": "us", "label": "us", "count": 2000}],          at most 15, greatest first
///        "categories": [{"key": "sql", "label": "SQL", "count": 120}],      at most 15, greatest first
///        "model": {"version": 1, "progressive_log_loss": 0.41, "base_rate_log_loss": 0.54}}],
///      "edges": [{"device": "0123456789abcdef", "name": "pi-roof", "state": "accepted",
///                 "last_contact_ms": 1489900000000, "backlog_batches": 0, "backlog_bytes": 0, "epoch": 1,
///                 "sequence": 17, "model_version": 1, "log_loss": 0.41, "clock": "synchronized", "gaps": 0,
///                 "flags": ["chain"]}]}
///
/// A member that is not known is null: of an edge `last_contact_ms`, all from `backlog_batches` to `clock`; `model`
/// before the first publication. `state` is `pending`, `accepted` or `revoked`.
public struct Snapshot: Hashable, Sendable {
    /// When it was computed, in milliseconds since 1970.
    public var asOfMilliseconds: Int64
    /// The commit sequence the numbers cover.
    public var watermark: Int64
    /// The fleet's name.
    public var fleet: String
    /// The figures of each stream.
    public var streams: [StreamFigures]
    /// The devices of the fleet.
    public var edges: [EdgeStatus]

    /// The JSON text, members in the order above.
    public var json: [UInt8] {
        func sum(_ figure: KeyPath<StreamFigures, Int64>) -> JSONValue {
            .integer(streams.reduce(0) { $0 + $1[keyPath: figure] })
        }
        let value: JSONValue = [
            "as_of_ms": .integer(asOfMilliseconds),
            "watermark": .integer(watermark),
            "fleet": .string(fleet),
            "events": sum(\.events),
            "revisions": sum(\.revisions),
            "malformed": sum(\.malformed),
            "streams": .array(streams.map(\.json)),
            "edges": .array(edges.map(\.json)),
        ]
        return value.bytes
    }
}
