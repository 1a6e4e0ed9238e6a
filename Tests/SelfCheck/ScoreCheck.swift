import Cryptography
import EdgeCollector
import JSON
import Scoring
import StreamDefinition

/// Scores of real messages by a model of random weights over the features of the stream file.
struct ScoreCheck {
    /// The file that `ExchangeCheck` reads.
    static let modelName = "model"
    /// How far another machine's score may be away; an edge itself allows much more.
    static let tolerance = 1e-12

    let material: Material
    let folder: StateDirectory

    func run() throws {
        guard let learning = material.plan.learning else {
            throw CheckFailure(description: "the stream file says nothing of learning")
        }
        let (scale, bias) = (0.003, 1.1)
        var random = SeededGenerator(seed: 20_260_101)
        let weights = (0..<Model.slotCount).map { _ in Int8(truncatingIfNeeded: random.next()) }
        let model = Model(features: learning.features, weights: weights, scale: scale, bias: bias)
        let loss = try score(model, learning.label)

        let artifact = try ModelArtifact(
            stream: material.plan.name, version: 1, createdMilliseconds: 1_790_000_000_000, scale: scale, bias: bias,
            features: learning.features, label: learning.label, metrics: metrics(loss), goldenVectors: golden(model),
            weights: weights)
        let file = try artifact.seal(key: material.key)
        try folder.replace(Self.modelName, file)
        try SelfCheck.require(
            try ModelArtifact.open(file, key: material.key.publicKey) == artifact, "the model is not what it was")
    }

    /// Scores all messages and prints what came out. A billionth is what a sum of many may differ by, a bit is not.
    private func score(_ model: Model, _ label: LabelSpecification) throws -> ProgressiveLoss {
        let parser = try JSONParser()
        let hash = SHA256()
        var loss = ProgressiveLoss()
        var checksum: Int64 = 0
        for line in material.lines {
            do {
                try parser.parse(line) { event in
                    let probability = model.predict(event)
                    checksum += Int64((probability * 1e9).rounded())
                    withUnsafeBytes(of: probability.bitPattern.littleEndian) { hash.update($0) }
                    if let label = label.label(of: event) { loss.add(probability: probability, label: label) }
                }
            } catch is JSONError {
                continue  // A line that was cut off when it was recorded; JSONCheck counts them.
            }
        }
        SelfCheck.report("scores, bit for bit", Hexadecimal.encode(hash.digest()))
        SelfCheck.report("scores, sum in billionths", checksum)
        SelfCheck.report("scores, log loss in billionths", Int64((loss.logLoss * 1e9).rounded()))
        SelfCheck.report("scores, bins", loss.bins.map { "\($0.positive)/\($0.count)" }.joined(separator: " "))
        return loss
    }

    /// The shortest messages, so that the model's manifest does not become too long.
    private func golden(_ model: Model) throws -> [GoldenVector] {
        let parser = try JSONParser()
        let shortest = material.lines.sorted { ($0.count, $0.lexicographic) < ($1.count, $1.lexicographic) }
        return try shortest.dropFirst(4).prefix(ModelArtifact.goldenVectorCounts.lowerBound).map { line in
            let event = try JSONValue(parsing: line)
            return GoldenVector(event: event, probability: try parser.parse(line) { model.predict($0) })
        }
    }

    private func metrics(_ loss: ProgressiveLoss) -> ModelMetrics {
        ModelMetrics(
            examples: loss.events, positives: loss.positives, newestMilliseconds: 1, logLoss: loss.logLoss,
            brier: loss.brier, baseRateLogLoss: 1, groupRateLogLoss: nil, shuffledLogLoss: 1, quantisedLogLoss: 1,
            unquantisedLogLoss: 1)
    }
}

extension [UInt8] {
    fileprivate var lexicographic: String { String(decoding: self, as: UTF8.self) }
}
