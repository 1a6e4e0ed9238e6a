import JSON
import Scoring

/// Picks events for golden vectors, spread evenly over a history, small enough to travel in a model's manifest.
struct GoldenSampler {
    /// How many are picked: a few more than a model needs.
    static let count = 36
    /// The longest event in bytes of JSON.
    static let maximumEventBytes = 1024

    /// The events picked.
    private(set) var events: [JSONValue] = []

    private let examples: Int64
    private var number: Int64 = 0

    /// A sampler for a history of that many examples.
    init(examples: Int64) {
        self.examples = examples
    }

    /// Looks at the next example, which is made an event of only where it is wanted.
    mutating func look(at event: () -> JSONValue) {
        // The next event is due once this share of the history has gone by.
        let due = Int64(events.count) * examples / Int64(Self.count)
        if number >= due, events.count < Self.count {
            let event = event()
            if event.bytes.count <= Self.maximumEventBytes { events.append(event) }
        }
        number += 1
    }
}
