import Glibc
import Scoring

/// Logistic regression over slots by FTRL-proximal (McMahan et al., "Ad Click Prediction: a View from the Trenches",
/// KDD 2013, algorithm 1): a learning rate a slot, weights that stay 0 without evidence.
///
/// The bias is a coordinate of its own with alpha 1 and beta 1, not drawn to 0.
struct ProximalLearner {
    /// What is remembered of a slot: the algorithm's z, and the root of its n, the sum of squared gradients.
    private struct Coordinate {
        var z = 0.0
        var root = 0.0
    }

    private let settings: LearnerSettings
    private var coordinates = [Coordinate](repeating: Coordinate(), count: Model.slotCount)
    private var biasCoordinate = Coordinate()
    /// The weights of the example at hand.
    private var weights: [Double] = []

    init(_ settings: LearnerSettings) {
        self.settings = settings
    }

    /// The constant part of the sum.
    var bias: Double {
        -biasCoordinate.z / (1 + biasCoordinate.root)
    }

    /// The weight of a slot.
    func weight(_ slot: Int) -> Double {
        let (z, root) = (coordinates[slot].z, coordinates[slot].root)
        if abs(z) <= settings.l1 { return 0 }
        let pull = z < 0 ? z + settings.l1 : z - settings.l1
        return -pull / ((settings.beta + root) / settings.alpha + settings.l2)
    }

    /// The probability of an example, as things are known.
    func probability(_ slots: [Int]) -> Double {
        let sum = slots.reduce(bias) { $0 + weight($1) }
        return 1 / (1 + exp(-sum))
    }

    /// Foretells an example, then learns its label. Returns what was foretold.
    mutating func learn(_ slots: [Int], label: Bool) -> Double {
        weights.removeAll(keepingCapacity: true)
        let bias = self.bias
        var sum = bias
        for slot in slots {
            let weight = weight(slot)
            weights.append(weight)
            sum += weight
        }
        let probability = 1 / (1 + exp(-sum))
        let gradient = probability - (label ? 1 : 0)
        for (index, slot) in slots.enumerated() {
            Self.move(&coordinates[slot], gradient, weight: weights[index], alpha: settings.alpha)
        }
        Self.move(&biasCoordinate, gradient, weight: bias, alpha: 1)
        return probability
    }

    @inline(__always)
    private static func move(_ coordinate: inout Coordinate, _ gradient: Double, weight: Double, alpha: Double) {
        let root = (coordinate.root * coordinate.root + gradient * gradient).squareRoot()
        coordinate.z += gradient - (root - coordinate.root) / alpha * weight
        coordinate.root = root
    }
}
