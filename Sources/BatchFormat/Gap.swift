import JSON

/// Events that a device dropped, or never saw, and why. Nothing is dropped without one.
public struct Gap: Hashable, Sendable {
    /// The first and the last moment the gap covers, in milliseconds since 1970; nil where it is not known.
    public var fromMilliseconds, toMilliseconds: Int64?
    /// How many events, and how many bytes of them; 0 where it is not known.
    public var events, bytes: Int64
    /// One word: `quota`, `oversized`, `line-feed`, `refused`, `damaged`.
    public var reason: String

    /// A gap.
    public init(
        fromMilliseconds: Int64? = nil, toMilliseconds: Int64? = nil, events: Int64, bytes: Int64, reason: String
    ) {
        self.fromMilliseconds = fromMilliseconds
        self.toMilliseconds = toMilliseconds
        self.events = events
        self.bytes = bytes
        self.reason = reason
    }

    init(_ value: JSONValue) throws(JSONError) {
        fromMilliseconds = value["from"]?.integer
        toMilliseconds = value["to"]?.integer
        events = try value.requiredInteger("events")
        bytes = try value.requiredInteger("bytes")
        reason = try value.requiredString("reason")
    }

    /// The gap as it stands in a manifest.
    public var json: JSONValue {
        [
            "from": JSONValue(fromMilliseconds), "to": JSONValue(toMilliseconds), "events": .integer(events),
            "bytes": .integer(bytes), "reason": .string(reason),
        ]
    }
}

extension JSONValue {
    /// The integer, or null.
    init(_ value: Int64?) {
        self = value.map { .integer($0) } ?? .null
    }
}
