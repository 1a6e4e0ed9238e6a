import JSON

/// What the training of a model measured; log losses in nats, each foretold before the label was looked at.
public struct ModelMetrics: Hashable, Sendable {
    /// The examples it was trained on.
    public var examples: Int64
    /// Those with a positive label.
    public var positives: Int64
    /// The time of the newest example, in milliseconds since 1970.
    public var newestMilliseconds: Int64
    /// The learner's progressive log loss: the headline.
    public var logLoss: Double
    /// The learner's progressive mean squared error.
    public var brier: Double
    /// The progressive log loss of always saying the share of positives so far.
    public var baseRateLogLoss: Double
    /// The same with the share within the event's group; nil where no group is declared.
    public var groupRateLogLoss: Double?
    /// The learner's progressive log loss when labels are shuffled: no better than the base rate.
    public var shuffledLogLoss: Double
    /// The log loss of the int8 weights over the last fifth of the examples, which the learner had seen by then.
    public var quantisedLogLoss: Double
    /// The log loss of the weights before they became int8, over the same.
    public var unquantisedLogLoss: Double

    /// The metrics of a training.
    public init(
        examples: Int64, positives: Int64, newestMilliseconds: Int64, logLoss: Double, brier: Double,
        baseRateLogLoss: Double, groupRateLogLoss: Double?, shuffledLogLoss: Double, quantisedLogLoss: Double,
        unquantisedLogLoss: Double
    ) {
        self.examples = examples
        self.positives = positives
        self.newestMilliseconds = newestMilliseconds
        self.logLoss = logLoss
        self.brier = brier
        self.baseRateLogLoss = baseRateLogLoss
        self.groupRateLogLoss = groupRateLogLoss
        self.shuffledLogLoss = shuffledLogLoss
        self.quantisedLogLoss = quantisedLogLoss
        self.unquantisedLogLoss = unquantisedLogLoss
    }

    init(json: JSONValue) throws(JSONError) {
        examples = try json.requiredInteger("examples")
        positives = try json.requiredInteger("positives")
        newestMilliseconds = try json.requiredInteger("newest_ms")
        logLoss = try json.requiredNumber("progressive_log_loss")
        brier = try json.requiredNumber("progressive_brier")
        baseRateLogLoss = try json.requiredNumber("base_rate_log_loss")
        groupRateLogLoss = json["group_rate_log_loss"]?.number
        shuffledLogLoss = try json.requiredNumber("shuffled_log_loss")
        quantisedLogLoss = try json.requiredNumber("quantised_log_loss")
        unquantisedLogLoss = try json.requiredNumber("unquantised_log_loss")
    }

    /// The metrics as the model's manifest holds them.
    public var json: JSONValue {
        [
            "examples": .integer(examples),
            "positives": .integer(positives),
            "newest_ms": .integer(newestMilliseconds),
            "progressive_log_loss": .number(logLoss),
            "progressive_brier": .number(brier),
            "base_rate_log_loss": .number(baseRateLogLoss),
            "group_rate_log_loss": groupRateLogLoss.map { .number($0) } ?? .null,
            "shuffled_log_loss": .number(shuffledLogLoss),
            "quantised_log_loss": .number(quantisedLogLoss),
            "unquantised_log_loss": .number(unquantisedLogLoss),
        ]
    }
}
