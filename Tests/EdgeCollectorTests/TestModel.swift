import Cryptography
import FleetProtocol
import JSON
import Scoring

@testable import EdgeCollector

/// Models to publish, small in what they know but whole.
enum TestModel {
    static func artifact(
        version: Int64, stream: String = SpoolFixture.stream, tampered: Bool = false
    ) throws -> ModelArtifact {
        let features = try FeatureSpecification(json: [["name": "note", "path": "note"]])
        let label = try LabelSpecification(json: ["path": "response", "positive": ["yes"], "negative": ["no"]])
        let weights = (0..<Scoring.Model.slotCount).map { Int8(truncatingIfNeeded: $0 &* 37) }
        let model = Scoring.Model(features: features, weights: weights, scale: 0.01, bias: 0.5)
        let parser = try JSONParser()
        let golden = try (0..<32).map { number in
            let event = try JSONValue(parsing: SpoolFixture.event(number))
            let probability = try parser.parse(event.bytes) { model.predict($0) }
            return GoldenVector(event: event, probability: tampered ? 1 - probability : probability)
        }
        let metrics = ModelMetrics(
            examples: 1, positives: 1, newestMilliseconds: 1, logLoss: 0.5, brier: 0.2, baseRateLogLoss: 0.6,
            groupRateLogLoss: nil, shuffledLogLoss: 0.6, quantisedLogLoss: 0.5, unquantisedLogLoss: 0.5)
        return try ModelArtifact(
            stream: stream, version: version, createdMilliseconds: 1, scale: 0.01, bias: 0.5, features: features,
            label: label, metrics: metrics, goldenVectors: golden, weights: weights)
    }

    static func published(
        version: Int64, stream: String = SpoolFixture.stream, tampered: Bool = false, expires: Int64 = .max
    ) throws -> TestCloud.Model {
        let file = try artifact(version: version, stream: stream, tampered: tampered).seal(key: TestCloud.key)
        let manifest = ModelManifest(
            stream: stream, version: version, artifactSHA256: SHA256.digest(file), artifactBytes: Int64(file.count),
            createdMilliseconds: 1, expiresMilliseconds: expires)
        let timestamp = ModelTimestamp(
            stream: stream, version: version, manifestSHA256: SHA256.digest(manifest.json), createdMilliseconds: 1,
            expiresMilliseconds: expires)
        return TestCloud.Model(
            timestamp: try timestamp.signed(by: TestCloud.key), manifest: try manifest.signed(by: TestCloud.key),
            artifact: file, version: version)
    }
}
