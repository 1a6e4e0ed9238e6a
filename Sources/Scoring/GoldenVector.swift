import JSON

/// An event and the probability that its model gives it: what a machine must reproduce before it uses the model.
public struct GoldenVector: Hashable, Sendable {
    /// The event, at least what the model looks at of it.
    public let event: JSONValue
    /// The probability where the model was made.
    public let probability: Double

    /// An event and its probability.
    public init(event: JSONValue, probability: Double) {
        self.event = event
        self.probability = probability
    }

    init(json: JSONValue) throws(JSONError) {
        event = try json.requiredObject("event")
        probability = try json.requiredNumber("probability")
        guard (0...1).contains(probability) else { throw .mismatch(path: "probability", wanted: "from 0 to 1") }
    }

    var json: JSONValue {
        ["event": event, "probability": .number(probability)]
    }
}
