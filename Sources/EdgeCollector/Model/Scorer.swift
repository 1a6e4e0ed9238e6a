import BatchFormat
import JSON
import Scoring

/// Foretells each event of a stream by the active model, and only then looks at its label (progressive validation).
final class Scorer {
    private var active: (model: Model, label: LabelSpecification, version: Int64)?
    private var loss = ProgressiveLoss()
    private var earlierLoss: (sum: Double, count: Int64) = (0, 0)

    /// The version of the active model; 0 without one.
    var version: Int64 { active?.version ?? 0 }

    /// Scores with that model from now on. The caller has closed the batch before, whose report is about the old one.
    func activate(_ artifact: ModelArtifact) {
        beginBatch()
        active = (artifact.makeModel(), artifact.label, artifact.version)
    }

    /// Scores one event; nil without a model.
    @discardableResult
    func score(_ event: JSONElement) -> Double? {
        guard let active else { return nil }
        let probability = active.model.predict(event)
        guard let label = active.label.label(of: event) else { return probability }
        loss.add(probability: probability, label: label)
        return probability
    }

    /// How the model did since `beginBatch`; nil without a model.
    var report: ScoringReport? {
        guard let active else { return nil }
        return ScoringReport(
            modelVersion: active.version, events: loss.events, logLoss: loss.logLoss, brier: loss.brier,
            calibration: loss.bins.map { .init(count: $0.count, predicted: $0.predicted, positive: $0.positive) })
    }

    /// The log losses of all events scored since the start, by whatever model, and how many they are.
    var totalLoss: (sum: Double, count: Int64) {
        (earlierLoss.sum + loss.logLoss * Double(loss.events), earlierLoss.count + loss.events)
    }

    /// Forgets what the report of the closed batch has said.
    func beginBatch() {
        earlierLoss = totalLoss
        loss = ProgressiveLoss()
    }
}
