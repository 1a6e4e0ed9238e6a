import Cryptography
import JSON

@testable import Scoring

/// A small model of known weights.
enum SampleModel {
    static let seed = [UInt8](0..<32)

    static func features() throws -> FeatureSpecification {
        try FeatureSpecification(json: [
            ["name": "country", "path": "country"], ["name": "topic", "each": "topics", "path": "@"],
        ])
    }

    static func slot(_ name: String, _ text: String) -> Int {
        FeatureExtractorTests.slot(name, [.text(text)])
    }

    static func weights() -> [Int8] {
        var weights = [Int8](repeating: 0, count: Model.slotCount)
        weights[slot("country", "us")] = 100
        weights[slot("topic", "art")] = -128
        weights[slot("topic", "tea")] = 3
        return weights
    }

    static func artifact(goldenCount: Int = 32, probabilityError: Double = 0) throws -> ModelArtifact {
        let model = Model(features: try features(), weights: weights(), scale: 0.01, bias: 0.5)
        let parser = try JSONParser()
        let golden = try (0..<goldenCount).map { index in
            let event: JSONValue = [
                "country": index % 2 == 0 ? "us" : "de", "topics": ["art", .integer(Int64(index))],
            ]
            let probability = try parser.parse(event.bytes) { model.predict($0) }
            return GoldenVector(event: event, probability: probability + (index == 7 ? probabilityError : 0))
        }
        let metrics = ModelMetrics(
            examples: 1000, positives: 700, newestMilliseconds: 5, logLoss: 0.5, brier: 0.2, baseRateLogLoss: 0.6,
            groupRateLogLoss: nil, shuffledLogLoss: 0.61, quantisedLogLoss: 0.45, unquantisedLogLoss: 0.44)
        return try ModelArtifact(
            stream: "sample", version: 3, createdMilliseconds: 1_700_000_000_000, scale: 0.01, bias: 0.5,
            features: features(),
            label: LabelSpecification(json: ["path": "answer", "positive": ["yes"], "negative": ["no"]]),
            metrics: metrics, goldenVectors: golden, weights: weights())
    }
}
