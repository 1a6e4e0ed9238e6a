import Scoring
import Testing

@testable import Learning

@Suite struct PublicationTests {
    @Test(
        arguments: [
            (0.5, 0.6, 0.61, nil, .publish),
            (0.6, 0.6, 0.61, nil, .noBetterThanBaseRate),
            (0.5, 0.6, 0.55, nil, .controlFailed),
            (0.5, 0.6, 0.599, nil, .publish),
            (0.5, 0.6, 0.61, 0.51, .publish),
            (0.5, 0.6, 0.61, 0.5, .noBetterThanPublished(version: 9)),
        ] as [(Double, Double, Double, Double?, Publication.Verdict)])
    func aModelGoesOutOnlyIfItBeatsWhatIsThere(
        loss: Double, base: Double, shuffled: Double, published: Double?, verdict: Publication.Verdict
    ) {
        let metrics = ModelMetrics(
            examples: 1000, positives: 500, newestMilliseconds: 0, logLoss: loss, brier: 0.2, baseRateLogLoss: base,
            groupRateLogLoss: nil, shuffledLogLoss: shuffled, quantisedLogLoss: 0.4, unquantisedLogLoss: 0.4)
        let comparison = published.map {
            ModelComparison(
                publishedVersion: 9, examples: 200, isUnseen: true, candidateLogLoss: loss, publishedLogLoss: $0)
        }
        let report = TrainingReport(
            stream: "s", metrics: metrics, calibration: [], nonzeroWeights: 1, comparison: comparison,
            duration: .seconds(1))
        #expect(Publication.verdict(on: report) == verdict)
    }

    @Test(arguments: [
        (0.5, "0.5000"), (0.00004, "0.0000"), (0.99996, "1.0000"), (12.34567, "12.3457"), (-0.25, "-0.2500"),
    ])
    func figuresHaveFourDecimals(value: Double, text: String) {
        #expect(TrainingReport.figure(value) == text)
    }
}
