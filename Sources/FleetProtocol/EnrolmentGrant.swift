import Cryptography
import JSON

/// What a device learns when it joins: who it is and whom to believe.
public struct EnrolmentGrant: Hashable, Sendable {
    /// The device's identifier from now on.
    public var device: String
    /// The fleet it belongs to.
    public var fleet: String
    /// Whether it may upload yet.
    public var state: DeviceState
    /// The authority that signs the cloud's certificates, in PEM.
    public var authority: String
    /// The keys that sign receipts, model manifests and model timestamps.
    public var receiptKey, releaseKey, timestampKey: PublicKey

    /// A grant.
    public init(
        device: String, fleet: String, state: DeviceState, authority: String, receiptKey: PublicKey,
        releaseKey: PublicKey, timestampKey: PublicKey
    ) {
        self.device = device
        self.fleet = fleet
        self.state = state
        self.authority = authority
        self.receiptKey = receiptKey
        self.releaseKey = releaseKey
        self.timestampKey = timestampKey
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        guard let state = DeviceState(rawValue: try value.requiredString("state")) else {
            throw .mismatch(path: "state", wanted: "pending, accepted or revoked")
        }
        self.init(
            device: try value.requiredString("device"), fleet: try value.requiredString("fleet"), state: state,
            authority: try value.requiredString("authority"), receiptKey: try value.requiredKey("receipt_key"),
            releaseKey: try value.requiredKey("release_key"), timestampKey: try value.requiredKey("timestamp_key"))
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "device": .string(device), "fleet": .string(fleet), "state": .string(state.rawValue),
            "authority": .string(authority),
            "receipt_key": .string(Base64.encode(receiptKey.bytes)),
            "release_key": .string(Base64.encode(releaseKey.bytes)),
            "timestamp_key": .string(Base64.encode(timestampKey.bytes)),
        ]
        return value.bytes
    }
}

extension PublicKey {
    /// The identifier of the device that owns this key: the first 16 hexadecimal digits of the key's identifier.
    public var deviceIdentifier: String { String(identifier.prefix(16)) }
}
