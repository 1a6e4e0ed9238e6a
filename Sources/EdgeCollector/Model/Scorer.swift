import BatchFormat
import JSON
import Scoring

/// Foretells each event of a stream by the active model, and only then looks at its label (progressive validation).
final class Scorer {
    private var active: (model: Model, label: LabelSpecification, version: Int64)?
    private var loss = ProgressiveLoss()

    /// The version of the active model; 0 without one.
    var version: Int64 { active?.version ?? 0 }

    /// Scores with that model from now on. The caller has closed the batch before, whose report is about the old one.
    func activate(_ artifact: ModelArtifact) {
        active = (artifact.makeModel(), artifact.label, artifact.version)
        loss = ProgressiveLoss()
    }

    /// Scores one event.
    func score(_ event: JSONElement) {
        guard let active else { return }
        let probability = active.model.predict(event)
        guard let label = active.label.label(of: event) else { return }
        loss.add(probability: probability, label: label)
    }

    /// How the model did since `beginBatch`; nil without a model.
    var report: ScoringReport? {
        guard let active else { return nil }
        return ScoringReport(
            modelVersion: active.version, events: loss.events, logLoss: loss.logLoss, brier: loss.brier,
            calibration: loss.bins.map { .init(count: $0.count, predicted: $0.predicted, positive: $0.positive) })
    }

    /// Forgets what the report of the closed batch has said.
    func beginBatch() {
        loss = ProgressiveLoss()
    }
}
