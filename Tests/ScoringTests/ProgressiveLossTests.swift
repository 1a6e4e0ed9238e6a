import Testing

@testable import Scoring

@Suite struct ProgressiveLossTests {
    @Test func lossesAreMeansOverTheEvents() {
        var loss = ProgressiveLoss()
        #expect((loss.logLoss, loss.brier) == (0, 0))
        loss.add(probability: 0.5, label: true)
        loss.add(probability: 0.25, label: false)
        #expect(abs(loss.logLoss - (0.693_147_180_559_945_3 + 0.287_682_072_451_780_9) / 2) < 1e-15)
        #expect(loss.brier == (0.25 + 0.0625) / 2)
        #expect((loss.events, loss.positives) == (2, 1))
    }

    @Test(arguments: [0, -1, 1e-9] as [Double])
    func oneCertainErrorCostsNoMoreThanTheClip(probability: Double) {
        var loss = ProgressiveLoss()
        loss.add(probability: probability, label: true)
        #expect(abs(loss.logLoss - 13.815_510_557_964_274) < 1e-9)
    }

    @Test func notANumberCountsAsNoIdea() {
        var loss = ProgressiveLoss()
        loss.add(probability: .nan, label: true)
        #expect(loss.brier == 0.25)
    }

    @Test(arguments: [(0.0, 0), (0.099, 0), (0.1, 1), (0.5, 5), (0.95, 9), (1.0, 9)] as [(Double, Int)])
    func eachTenthHasItsBin(probability: Double, bin: Int) {
        var loss = ProgressiveLoss()
        loss.add(probability: probability, label: true)
        loss.add(probability: probability, label: false)
        #expect(loss.bins.count == 10)
        #expect((loss.bins[bin].count, loss.bins[bin].positive) == (2, 1))
        #expect(loss.bins[bin].predicted == 2 * probability)
    }
}
