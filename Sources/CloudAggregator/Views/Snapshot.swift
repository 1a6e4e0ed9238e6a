import JSON

/// All that the page shows at one moment, the same for every viewer; the answer of `GET /v1/snapshot` and the data of
/// each event of `GET /v1/live`.
///
///     {"as_of_ms": 1489900000000,            when it was computed, ms since 1970; also the event's id
///      "watermark": 42,                      the commit up to which the numbers hold
///      "fleet": "meetup", "stream": "rsvps",
///      "events": 4001,                       lines received in merged batches, repeats included
///      "revisions": 3300,                    distinct messages that count
///      "malformed": 2,                       lines that could not be merged
///      "rate_per_s": 12.4,                   events merged a second, mean of the last 10 whole seconds
///      "rate_series": {"from_ms": 1489899700000, "events": [0, 12, 13]},   one number a second, at most 300
///      "titles": {"split": "response", "regions": "group.group_country", "categories": "group.group_topics"},
///      "split": {"no": 900, "yes": 2400},
///      "regions": [{"key": "us", "label": "us", "count": 2000}],           at most 15, greatest first
///      "categories": [{"key": "sql", "label": "SQL", "count": 120}],       at most 15, greatest first
///      "edges": [{"device": "0123456789abcdef", "name": "pi-roof", "state": "accepted",
///                 "last_contact_ms": 1489900000000, "backlog_batches": 0, "backlog_bytes": 0, "epoch": 1,
///                 "sequence": 17, "model_version": 1, "log_loss": 0.41, "clock": "synchronized", "gaps": 0,
///                 "flags": ["chain"]}],
///      "model": {"version": 1, "progressive_log_loss": 0.41, "base_rate_log_loss": 0.54}}
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
    /// The stream's name.
    public var stream: String
    /// The lines received in merged batches, repeats included.
    public var events: Int64
    /// The distinct messages that count.
    public var revisions: Int64
    /// The lines that could not be merged.
    public var malformed: Int64
    /// How fast events come in.
    public var rate: RateSeries
    /// Where in an event the measures are taken from.
    public var titles: Titles
    /// How many events have each of the few values of the stream's split.
    public var split: [Tally]
    /// The regions with most events.
    public var regions: [Tally]
    /// The categories with most events.
    public var categories: [Tally]
    /// The devices of the fleet.
    public var edges: [EdgeStatus]
    /// What is known of the published model.
    public var model: ModelStatus?

    /// The JSON paths of the measures, nil where the stream has no such measure.
    public struct Titles: Hashable, Sendable {
        /// The path of the split.
        public var split: String?
        /// The path of the regions.
        public var regions: String?
        /// The path of the categories.
        public var categories: String?
    }

    /// How many events have one value.
    public struct Tally: Hashable, Sendable {
        /// The value.
        public var key: String
        /// What people call it.
        public var label: String
        /// How many have it.
        public var count: Int64
    }

    /// The published model's figures from its training.
    public struct ModelStatus: Hashable, Sendable {
        /// The published version.
        public var version: Int64
        /// The mean log loss when each event was predicted before it was learned from.
        public var progressiveLogLoss: Double
        /// The mean log loss of always predicting the share of positives so far.
        public var baseRateLogLoss: Double
    }

    /// The JSON text, members in the order above.
    public var json: [UInt8] {
        let value: JSONValue = [
            "as_of_ms": .integer(asOfMilliseconds),
            "watermark": .integer(watermark),
            "fleet": .string(fleet),
            "stream": .string(stream),
            "events": .integer(events),
            "revisions": .integer(revisions),
            "malformed": .integer(malformed),
            "rate_per_s": .number(rate.perSecond),
            "rate_series": [
                "from_ms": .integer(rate.fromMilliseconds), "events": .array(rate.events.map { .integer($0) }),
            ],
            "titles": [
                "split": JSONValue(titles.split), "regions": JSONValue(titles.regions),
                "categories": JSONValue(titles.categories),
            ],
            "split": .object(split.map { JSONValue.Member($0.key, .integer($0.count)) }),
            "regions": .array(regions.map(\.json)),
            "categories": .array(categories.map(\.json)),
            "edges": .array(edges.map(\.json)),
            "model": model.map(\.json) ?? .null,
        ]
        return value.bytes
    }
}

extension Snapshot.Tally {
    fileprivate var json: JSONValue {
        ["key": .string(key), "label": .string(label), "count": .integer(count)]
    }
}

extension Snapshot.ModelStatus {
    fileprivate var json: JSONValue {
        [
            "version": .integer(version), "progressive_log_loss": .number(progressiveLogLoss),
            "base_rate_log_loss": .number(baseRateLogLoss),
        ]
    }
}
