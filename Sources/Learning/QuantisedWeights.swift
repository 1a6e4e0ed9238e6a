import Scoring

/// A learner's weights as signed bytes with one scale, as an edge gets them.
struct QuantisedWeights {
    let weights: [Int8]
    let scale: Double
    /// How many weights are not 0 before and after.
    let nonzero: (before: Int, after: Int)

    /// The largest weight becomes 127 or -127, every other one the nearest step.
    init(_ learner: ProximalLearner) {
        let exact = (0..<Model.slotCount).map { learner.weight($0) }
        let largest = exact.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 ? largest / 127 : 1
        weights = exact.map { Int8(min(max(($0 / scale).rounded(), -127), 127)) }
        self.scale = scale
        nonzero = (exact.count { $0 != 0 }, weights.count { $0 != 0 })
    }
}
