import JSON

/// How well a model foretold the events of one batch, each scored before its label was looked at.
public struct ScoringReport: Hashable, Sendable {
    /// How many bins the probabilities are sorted into.
    public static let binCount = 10

    /// The events whose probability fell between two tenths.
    public struct Bin: Hashable, Sendable {
        /// How many events.
        public var count: Int64
        /// The sum of their probabilities.
        public var predicted: Double
        /// How many had the positive label.
        public var positive: Int64

        /// A bin.
        public init(count: Int64 = 0, predicted: Double = 0, positive: Int64 = 0) {
            self.count = count
            self.predicted = predicted
            self.positive = positive
        }
    }

    /// The version of the model.
    public var modelVersion: Int64
    /// How many events had a label.
    public var events: Int64
    /// The mean logarithmic loss in nats.
    public var logLoss: Double
    /// The mean squared error of the probability (Brier 1950).
    public var brier: Double
    /// The calibration: ten bins of equal width.
    public var calibration: [Bin]

    /// A report.
    public init(modelVersion: Int64, events: Int64, logLoss: Double, brier: Double, calibration: [Bin]) {
        self.modelVersion = modelVersion
        self.events = events
        self.logLoss = logLoss
        self.brier = brier
        self.calibration = calibration
    }

    /// Reads a report as it stands in a manifest.
    public init(_ value: JSONValue) throws(JSONError) {
        modelVersion = try value.requiredInteger("model")
        events = try value.requiredInteger("events")
        logLoss = try value.requiredNumber("log_loss")
        brier = try value.requiredNumber("brier")
        calibration = []
        for bin in try value.requiredArray("calibration") {
            calibration.append(
                Bin(
                    count: try bin.requiredInteger("count"), predicted: try bin.requiredNumber("predicted"),
                    positive: try bin.requiredInteger("positive")))
        }
        guard calibration.count == Self.binCount else {
            throw .mismatch(path: "calibration", wanted: "an array of \(Self.binCount) bins")
        }
    }

    /// The report as it stands in a manifest.
    public var json: JSONValue {
        let bins: [JSONValue] = calibration.map { bin in
            ["count": .integer(bin.count), "predicted": .number(bin.predicted), "positive": .integer(bin.positive)]
        }
        return [
            "model": .integer(modelVersion), "events": .integer(events), "log_loss": .number(logLoss),
            "brier": .number(brier), "calibration": .array(bins),
        ]
    }
}
