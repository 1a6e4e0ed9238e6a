import Scoring
import Testing

@testable import Learning

@Suite struct QuantisedWeightsTests {
    @Test func theLargestWeightTakesTheWholeRange() {
        var learner = ProximalLearner(LearnerSettings())
        for index in 0..<500 { _ = learner.learn([1, 2 + index % 9], label: index % 9 < 4) }
        let quantised = QuantisedWeights(learner)
        #expect(quantised.weights.map { abs(Int($0)) }.max() == 127)
        for slot in 0..<12 {
            let error = Double(quantised.weights[slot]) * quantised.scale - learner.weight(slot)
            #expect(abs(error) <= quantised.scale / 2 + 1e-12)
        }
    }

    @Test func withoutWeightsTheScaleIsOne() {
        let quantised = QuantisedWeights(ProximalLearner(LearnerSettings()))
        #expect(quantised.scale == 1)
        #expect(quantised.nonzero == (0, 0))
    }
}
