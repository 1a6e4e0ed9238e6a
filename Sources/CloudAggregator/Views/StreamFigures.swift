import JSON

/// What the page shows of one stream.
public struct StreamFigures: Hashable, Sendable {
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

    var json: JSONValue {
        [
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
            "model": model.map(\.json) ?? .null,
        ]
    }
}

extension StreamFigures.Tally {
    fileprivate var json: JSONValue {
        ["key": .string(key), "label": .string(label), "count": .integer(count)]
    }
}

extension StreamFigures.ModelStatus {
    fileprivate var json: JSONValue {
        [
            "version": .integer(version), "progressive_log_loss": .number(progressiveLogLoss),
            "base_rate_log_loss": .number(baseRateLogLoss),
        ]
    }
}
