import Scoring

/// What a training made: a model that waits for a version and a signature, and the report on how good it is.
public struct TrainedModel: Sendable {
    /// The stream it was learnt from.
    public let stream: String
    /// What it looks at.
    public let features: FeatureSpecification
    /// What it predicts.
    public let label: LabelSpecification
    /// A weight a slot.
    public let weights: [Int8]
    /// What one step of a weight is worth.
    public let scale: Double
    /// What is added to the sum of weights.
    public let bias: Double
    /// Events and the probabilities the model gives them.
    public let goldenVectors: [GoldenVector]
    /// What was measured.
    public let report: TrainingReport

    /// The model under a version, ready to be sealed. The same arguments give the same bytes.
    public func artifact(version: Int64, createdMilliseconds: Int64) throws(ScoringError) -> ModelArtifact {
        try ModelArtifact(
            stream: stream, version: version, createdMilliseconds: createdMilliseconds, scale: scale, bias: bias,
            features: features, label: label, metrics: report.metrics, goldenVectors: goldenVectors, weights: weights)
    }
}
