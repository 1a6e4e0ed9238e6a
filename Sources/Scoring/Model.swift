import Glibc
import JSON

/// Hashed logistic regression: an event's probability of a positive label. Used by one thread at a time.
///
/// The weights of the event's slots are added as integers; one multiplication by the scale, one addition of the bias
/// and one exponential follow, so that two machines differ by their `exp` alone, in the last bit if at all.
public final class Model {
    /// The weights of a model.
    public static let slotCount = 1 << TokenHash.slotBits

    private var extractor: FeatureExtractor
    private let weights: [Int8]
    private let scale: Double
    private let bias: Double

    /// A model of `slotCount` weights, each worth `scale`, over those features.
    public init(features: FeatureSpecification, weights: [Int8], scale: Double, bias: Double) {
        precondition(weights.count == Self.slotCount, "a model has \(Self.slotCount) weights")
        extractor = FeatureExtractor(features)
        self.weights = weights
        self.scale = scale
        self.bias = bias
    }

    /// The probability that the label of a parsed event is positive.
    public func predict(_ event: JSONElement) -> Double {
        extractor.extract(event)
        return probability(slots: extractor.slots.slots)
    }

    /// The probability for an event whose tokens fell into `slots`, each named once.
    public func probability(slots: [Int]) -> Double {
        var sum = 0
        for slot in slots { sum += Int(weights[slot]) }
        return 1 / (1 + exp(-(bias + scale * Double(sum))))
    }
}
