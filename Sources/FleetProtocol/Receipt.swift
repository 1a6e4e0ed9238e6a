import Cryptography
import JSON
import Signing

/// The cloud's word that a batch is merged and durable; only a verified one frees the batch on the device.
public struct Receipt: Hashable, Sendable {
    /// What became of the upload.
    public enum Result: String, Hashable, Sendable {
        /// Its events are in the tables now.
        case merged
        /// They were already.
        case duplicate
    }

    /// Which batch.
    public var device: String
    /// The batch's epoch.
    public var epoch: Int64
    /// The batch's place in its epoch.
    public var sequence: Int64
    /// The SHA-256 of the manifest's JSON: which content.
    public var manifestSHA256: [UInt8]
    /// What became of it.
    public var result: Result
    /// The commit that holds it, or a later one.
    public var watermark: Int64
    /// The cloud's clock, in milliseconds since 1970.
    public var serverTimeMilliseconds: Int64

    /// A receipt.
    public init(
        device: String, epoch: Int64, sequence: Int64, manifestSHA256: [UInt8], result: Result, watermark: Int64,
        serverTimeMilliseconds: Int64
    ) {
        self.device = device
        self.epoch = epoch
        self.sequence = sequence
        self.manifestSHA256 = manifestSHA256
        self.result = result
        self.watermark = watermark
        self.serverTimeMilliseconds = serverTimeMilliseconds
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        guard let result = Result(rawValue: try value.requiredString("result")) else {
            throw .mismatch(path: "result", wanted: "merged or duplicate")
        }
        self.init(
            device: try value.requiredString("device"), epoch: try value.requiredInteger("epoch"),
            sequence: try value.requiredInteger("sequence"),
            manifestSHA256: try value.requiredDigest("manifest_sha256"), result: result,
            watermark: try value.requiredInteger("watermark"),
            serverTimeMilliseconds: try value.requiredInteger("server_time_ms"))
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "device": .string(device), "epoch": .integer(epoch), "sequence": .integer(sequence),
            "manifest_sha256": .string(Hexadecimal.encode(manifestSHA256)), "result": .string(result.rawValue),
            "watermark": .integer(watermark), "server_time_ms": .integer(serverTimeMilliseconds),
        ]
        return value.bytes
    }

    /// The signed form: the JSON of an envelope.
    public func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        try Envelope(payloadType: MediaType.receipt, payload: json, key: key).json
    }

    /// Reads the signed form, once its signature by the cloud's `key` is found right.
    public init(signed bytes: [UInt8], key: PublicKey) throws {
        let payload = try Envelope(json: bytes).verifiedPayload(type: MediaType.receipt, key: key)
        try self.init(json: payload)
    }
}
