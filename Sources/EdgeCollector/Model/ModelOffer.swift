import Cryptography
import FleetProtocol
import Scoring
import Signing

/// The checks a model passes on its way in, in this order: timestamp, manifest, file. Each trusts the one before.
struct ModelOffer {
    /// The stream whose events it is to score.
    let stream: String
    /// The version in use; nothing older or equal is taken, so that nobody can play an old model back.
    let active: Int64
    /// The keys from the enrolment.
    let releaseKey, timestampKey: PublicKey
    /// This device's trusted time.
    let milliseconds: Int64

    /// Reads which version is current.
    func timestamp(_ signed: [UInt8]) throws -> ModelTimestamp {
        let timestamp: ModelTimestamp
        do {
            timestamp = try ModelTimestamp(signed: signed, key: timestampKey)
        } catch {
            throw ModelRejection.untrusted("the timestamp: \(error)")
        }
        guard timestamp.stream == stream else { throw ModelRejection.untrusted("it is for '\(timestamp.stream)'") }
        guard timestamp.version > active else {
            throw ModelRejection.notNewer(version: timestamp.version, active: active)
        }
        guard timestamp.expiresMilliseconds > milliseconds else {
            throw ModelRejection.expired(version: timestamp.version)
        }
        return timestamp
    }

    /// Reads what the file of that version must be.
    func manifest(_ signed: [UInt8], for timestamp: ModelTimestamp) throws -> ModelManifest {
        let manifest: ModelManifest
        let payload: [UInt8]
        do {
            payload = try Envelope(json: signed).verifiedPayload(type: MediaType.modelManifest, key: releaseKey)
            manifest = try ModelManifest(json: payload)
        } catch {
            throw ModelRejection.untrusted("the manifest: \(error)")
        }
        guard SHA256.digest(payload) == timestamp.manifestSHA256 else {
            throw ModelRejection.untrusted("the manifest is not the one of the timestamp")
        }
        guard manifest.stream == stream, manifest.version == timestamp.version else {
            throw ModelRejection.untrusted("the manifest is of another stream or version")
        }
        guard manifest.expiresMilliseconds > milliseconds else {
            throw ModelRejection.expired(version: manifest.version)
        }
        guard (1...Int64(ModelArtifact.maximumFileBytes)).contains(manifest.artifactBytes) else {
            throw ModelRejection.untrusted("a file of \(manifest.artifactBytes) bytes")
        }
        return manifest
    }

    /// Opens the file and tries it on this machine.
    func artifact(_ file: [UInt8], for manifest: ModelManifest) throws -> ModelArtifact {
        guard file.count == Int(manifest.artifactBytes), SHA256.digest(file) == manifest.artifactSHA256 else {
            throw ModelRejection.untrusted("the file is not the one of the manifest")
        }
        return try Self.open(file, stream: stream, version: manifest.version, releaseKey: releaseKey)
    }

    /// Opens a file, whether it comes from the cloud or from the disk, and tries it on this machine.
    static func open(
        _ file: [UInt8], stream: String, version: Int64, releaseKey: PublicKey
    ) throws -> ModelArtifact {
        let artifact: ModelArtifact
        do throws(ScoringError) {
            artifact = try ModelArtifact.open(file, key: releaseKey)
        } catch {
            throw ModelRejection.untrusted("\(error)")
        }
        guard artifact.stream == stream, artifact.version == version else {
            throw ModelRejection.untrusted("the file is of stream '\(artifact.stream)', version \(artifact.version)")
        }
        do throws(ScoringError) {
            try artifact.verifyGoldenVectors()
        } catch {
            throw ModelRejection.unsuitable("\(error)")
        }
        return artifact
    }
}
