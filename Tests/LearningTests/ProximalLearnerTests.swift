import Scoring
import Testing

@testable import Learning

@Suite struct ProximalLearnerTests {
    private static func settings(l1: Double = 0) -> LearnerSettings {
        var settings = LearnerSettings()
        (settings.alpha, settings.beta, settings.l1, settings.l2) = (0.1, 1, l1, 1)
        return settings
    }

    @Test func theFirstStepIsThatOfThePaper() {
        var learner = ProximalLearner(Self.settings())
        #expect(learner.learn([5], label: true) == 0.5)
        // g = -0.5: z = -0.5, n = 0.25; w = 0.5 / ((1 + 0.5) / 0.1 + 1), and for the bias 0.5 / (1 + 0.5).
        #expect(learner.weight(5) == 0.5 / 16)
        #expect(learner.bias == 0.5 / 1.5)
        #expect(learner.weight(6) == 0)
    }

    @Test func aWeightStaysZeroUntilTheEvidenceExceedsL1() {
        var learner = ProximalLearner(Self.settings(l1: 0.6))
        _ = learner.learn([5], label: true)
        #expect(learner.weight(5) == 0)
        _ = learner.learn([5], label: true)
        #expect(learner.weight(5) > 0)
    }

    @Test func itLearnsWhatCanBeSeparated() {
        var learner = ProximalLearner(Self.settings())
        var late = ProgressiveLoss()
        for index in 0..<2000 {
            let label = index * 7919 % 13 < 6
            let probability = learner.learn([label ? 10 : 20, 100 + index % 50], label: label)
            if index >= 1000 { late.add(probability: probability, label: label) }
        }
        #expect(late.logLoss < 0.1)
        #expect(learner.weight(10) > 1 && learner.weight(20) < -1)
        #expect(learner.probability([10]) > 0.9 && learner.probability([20]) < 0.1)
    }
}
