import Cryptography
import JSON
import Signing

/// Which model of a stream is current: short-lived and signed often, so that nobody can hold a device on an old model
/// (the timestamp role of The Update Framework, https://theupdateframework.io).
public struct ModelTimestamp: Hashable, Sendable {
    /// The stream whose events the model scores.
    public var stream: String
    /// The current version; it never goes down.
    public var version: Int64
    /// The SHA-256 of the `ModelManifest` payload.
    public var manifestSHA256: [UInt8]
    /// When this was signed, in milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// When this stops counting, in milliseconds since 1970.
    public var expiresMilliseconds: Int64

    /// A timestamp.
    public init(
        stream: String, version: Int64, manifestSHA256: [UInt8], createdMilliseconds: Int64,
        expiresMilliseconds: Int64
    ) {
        self.stream = stream
        self.version = version
        self.manifestSHA256 = manifestSHA256
        self.createdMilliseconds = createdMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        self.init(
            stream: try value.requiredString("stream"), version: try value.requiredInteger("version"),
            manifestSHA256: try value.requiredDigest("manifest_sha256"),
            createdMilliseconds: try value.requiredInteger("created_ms"),
            expiresMilliseconds: try value.requiredInteger("expires_ms"))
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "stream": .string(stream), "version": .integer(version),
            "manifest_sha256": .string(Hexadecimal.encode(manifestSHA256)),
            "created_ms": .integer(createdMilliseconds), "expires_ms": .integer(expiresMilliseconds),
        ]
        return value.bytes
    }

    /// The signed form: the JSON of an envelope.
    public func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        try Envelope(payloadType: MediaType.modelTimestamp, payload: json, key: key).json
    }

    /// Reads the signed form, once its signature by the timestamp `key` is found right.
    public init(signed bytes: [UInt8], key: PublicKey) throws {
        try self.init(json: Envelope(json: bytes).verifiedPayload(type: MediaType.modelTimestamp, key: key))
    }
}
