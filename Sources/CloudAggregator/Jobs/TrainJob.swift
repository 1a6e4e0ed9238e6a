import Cryptography
import Learning
import ObjectStore
import Scoring
import StreamDefinition
import Warehouse

/// Trains a model on the warehouse and keeps it as a candidate.
public struct TrainJob {
    private let plan: StreamPlan
    private let warehouse: any Warehouse
    private let state: StateFolder
    private let store: FleetStore
    private let key: PrivateKey

    /// Opens what the training needs.
    public init(_ configuration: CloudConfiguration, stream: String?) throws {
        plan = try configuration.learningPlan(named: stream)
        warehouse = try configuration.readWarehouse()
        state = try StateFolder(configuration.state)
        store = try FleetStore(path: state.fleet)
        key = try KeyRing.releaseKey(configuration)
    }

    /// Trains, keeps the candidate, and returns the report.
    public func run(clock: WallClock = .system) throws -> String {
        let models = try store.models(of: plan.name)
        let published = try models.last { $0.publishedMilliseconds != nil }.map(artifact)
        let watermark = try warehouse.watermark
        let trained = try Trainer.train(plan, warehouse: warehouse, published: published)
        let now = clock.milliseconds
        let version = (models.last?.version ?? 0) + 1
        let artifact = try trained.artifact(version: version, createdMilliseconds: now)
        try artifact.verifyGoldenVectors()
        try state.files.put(
            artifact.seal(key: key), key: StateFolder.modelKey(stream: plan.name, version: version), .replace)
        let verdict = Learning.Publication.verdict(on: trained.report)
        let metrics = trained.report.metrics
        try store.add(
            candidate: FleetModel(
                stream: plan.name, version: version, trainedMilliseconds: now, publishedMilliseconds: nil,
                watermark: watermark, events: metrics.examples, progressiveLogLoss: metrics.logLoss,
                baseRateLogLoss: metrics.baseRateLogLoss,
                verdict: verdict == .publish ? .publish : .keep(verdict.description),
                comparedWith: published?.version ?? 0, manifest: [], manifestSHA256: []))
        return "\(trained.report)\n\ncandidate                 version \(version)\n"
    }

    private func artifact(of model: FleetModel) throws -> ModelArtifact {
        let file = try state.files.get(StateFolder.modelKey(stream: model.stream, version: model.version))
        return try ModelArtifact.open(file, key: key.publicKey)
    }
}
