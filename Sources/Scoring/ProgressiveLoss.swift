import Glibc

/// How well probabilities foretold labels, each given before its label was looked at (progressive validation).
///
/// The log loss is in nats; a probability counts as at least 0.000001 and at most 0.999999 in it, so that one
/// certain error costs 13.8 and not infinity. Mean of sums kept as `Double`, in the order of the events.
public struct ProgressiveLoss: Hashable, Sendable {
    /// The probabilities of a tenth of the scale, the first from 0 to below 0.1, the last from 0.9 to 1.
    public struct Bin: Hashable, Sendable {
        /// The events.
        public var count: Int64 = 0
        /// The sum of their probabilities.
        public var predicted = 0.0
        /// Those of them whose label was positive.
        public var positive: Int64 = 0

        /// An empty bin.
        public init() {}
    }

    /// How near to 0 and 1 a probability may come in the log loss.
    public static let clip = 0.000_001
    /// The number of bins.
    public static let binCount = 10

    /// The events so far.
    public private(set) var events: Int64 = 0
    /// Those with a positive label.
    public private(set) var positives: Int64 = 0
    /// Ten bins for the calibration, by ascending probability.
    public private(set) var bins = [Bin](repeating: Bin(), count: binCount)

    private var logLossSum = 0.0
    private var squaredErrorSum = 0.0

    /// No events yet.
    public init() {}

    /// The mean log loss in nats, 0 without events.
    public var logLoss: Double { events == 0 ? 0 : logLossSum / Double(events) }
    /// The mean squared error of the probabilities, 0 without events.
    public var brier: Double { events == 0 ? 0 : squaredErrorSum / Double(events) }

    /// Counts one event: what was foretold, and then its label.
    public mutating func add(probability: Double, label: Bool) {
        let probability = probability.isNaN ? 0.5 : min(max(probability, 0), 1)
        let clipped = min(max(probability, Self.clip), 1 - Self.clip)
        let error = probability - (label ? 1 : 0)
        events += 1
        logLossSum -= label ? log(clipped) : log(1 - clipped)
        squaredErrorSum += error * error
        let index = min(Int(probability * Double(Self.binCount)), Self.binCount - 1)
        bins[index].count += 1
        bins[index].predicted += probability
        if label {
            positives += 1
            bins[index].positive += 1
        }
    }
}
