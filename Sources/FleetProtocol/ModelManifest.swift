import Cryptography
import JSON
import Signing

/// One version of a stream's model: what its file must be (the targets role of The Update Framework).
public struct ModelManifest: Hashable, Sendable {
    /// The stream whose events the model scores.
    public var stream: String
    /// The version, 1 or more.
    public var version: Int64
    /// The SHA-256 of the model's file.
    public var artifactSHA256: [UInt8]
    /// The length of the model's file.
    public var artifactBytes: Int64
    /// When this was signed, in milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// When the model stops counting as fit for use, in milliseconds since 1970.
    public var expiresMilliseconds: Int64

    /// A manifest.
    public init(
        stream: String, version: Int64, artifactSHA256: [UInt8], artifactBytes: Int64, createdMilliseconds: Int64,
        expiresMilliseconds: Int64
    ) {
        self.stream = stream
        self.version = version
        self.artifactSHA256 = artifactSHA256
        self.artifactBytes = artifactBytes
        self.createdMilliseconds = createdMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        self.init(
            stream: try value.requiredString("stream"), version: try value.requiredInteger("version"),
            artifactSHA256: try value.requiredDigest("artifact_sha256"),
            artifactBytes: try value.requiredInteger("artifact_bytes"),
            createdMilliseconds: try value.requiredInteger("created_ms"),
            expiresMilliseconds: try value.requiredInteger("expires_ms"))
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "stream": .string(stream), "version": .integer(version),
            "artifact_sha256": .string(Hexadecimal.encode(artifactSHA256)), "artifact_bytes": .integer(artifactBytes),
            "created_ms": .integer(createdMilliseconds), "expires_ms": .integer(expiresMilliseconds),
        ]
        return value.bytes
    }

    /// The signed form: the JSON of an envelope.
    public func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        try Envelope(payloadType: MediaType.modelManifest, payload: json, key: key).json
    }

    /// Reads the signed form, once its signature by the release `key` is found right.
    public init(signed bytes: [UInt8], key: PublicKey) throws {
        try self.init(json: Envelope(json: bytes).verifiedPayload(type: MediaType.modelManifest, key: key))
    }
}
