import Cryptography
import FleetProtocol
import ObjectStore
import Scoring

/// Makes a trained model the one that edges use.
public struct PublishJob {
    /// How long a published model counts as fit for use.
    private static let manifestLifetime: Int64 = 90 * 24 * 3600 * 1000

    private let store: FleetStore
    private let files: DirectoryObjectStore
    private let key: PrivateKey

    /// - Parameter key: the release key.
    public init(store: FleetStore, state: StateFolder, key: PrivateKey) {
        self.store = store
        files = state.files
        self.key = key
    }

    /// Publishes that version, or the newest, where it is newer than the published one and was found better;
    /// `isForced` lets a worse one pass.
    public func publish(stream: String, version: Int64?, isForced: Bool, at now: Int64) throws -> FleetModel {
        let models = try store.models(of: stream)
        guard let newest = models.last else { throw CloudError.noCandidate(stream: stream) }
        guard var model = models.first(where: { $0.version == version ?? newest.version }) else {
            throw CloudError.noSuchModel(stream: stream, version: version ?? newest.version)
        }
        let published = models.last { $0.publishedMilliseconds != nil }
        if let published, model.version <= published.version {
            throw CloudError.notNewer(version: model.version, published: published.version)
        }
        if !isForced { try judge(model, against: published) }

        let file = try files.get(StateFolder.modelKey(stream: stream, version: model.version))
        let artifact = try ModelArtifact.open(file, key: key.publicKey)
        try artifact.verifyGoldenVectors()
        let manifest = ModelManifest(
            stream: stream, version: model.version, artifactSHA256: SHA256.digest(file),
            artifactBytes: Int64(file.count), createdMilliseconds: now,
            expiresMilliseconds: now + Self.manifestLifetime)
        model.manifest = try manifest.signed(by: key)
        model.manifestSHA256 = SHA256.digest(manifest.json)
        model.publishedMilliseconds = now
        try store.publish(model)
        return model
    }

    /// A model goes out only if its training found it better than what is out now.
    private func judge(_ model: FleetModel, against published: FleetModel?) throws(CloudError) {
        if case .keep(let reason) = model.verdict { throw .notBetter(version: model.version, reason: reason) }
        guard model.comparedWith == published?.version ?? 0 else {
            throw .notBetter(
                version: model.version,
                reason: "version \(published?.version ?? 0) is out now, with which its training did not compare it; "
                    + "train again")
        }
    }
}
