import Cryptography
import FleetProtocol
import JSON
import Signing

/// What is kept of a device beside its batches: enough to verify them and to go on with its epochs where the fleet's
/// database is lost or was put back to an older state.
///
/// It is the object `devices/{device}.json`, an envelope (DSSE) signed with the receipt key, and is written before the
/// device, or the operator, is told of a change. The payload's members, in this order: `version` (1), `device`,
/// `public_key` (base 64), `name`, `state`, `enrolled_ms`, `epoch`.
struct DeviceRecord: Hashable, Sendable {
    /// What all keys of records begin with.
    static let folder = "devices/"
    private static let mediaType = "application/vnd.waystation.device+json"
    private static let formatVersion: Int64 = 1

    /// The device; contact and flags are not kept.
    let device: Device

    /// The key of the record of the device of that identifier.
    static func key(_ identifier: String) -> String { "\(folder)\(identifier).json" }

    init(_ device: Device) {
        var device = device
        (device.lastContactMilliseconds, device.flags) = (nil, [])
        self.device = device
    }

    /// Reads the signed form, once its signature by `key` is found right.
    init(signed bytes: [UInt8], key: PublicKey) throws {
        let payload = try Envelope(json: bytes).verifiedPayload(type: Self.mediaType, key: key)
        let value = try JSONValue(parsing: payload)
        guard try value.requiredInteger("version") == Self.formatVersion else {
            throw JSONError.mismatch(path: "version", wanted: "\(Self.formatVersion)")
        }
        guard let state = DeviceState(rawValue: try value.requiredString("state")) else {
            throw JSONError.mismatch(path: "state", wanted: "pending, accepted or revoked")
        }
        device = Device(
            identifier: try value.requiredString("device"), key: try value.requiredKey("public_key"),
            name: try value.requiredString("name"), state: state,
            enrolledMilliseconds: try value.requiredInteger("enrolled_ms"), epoch: try value.requiredInteger("epoch"),
            lastContactMilliseconds: nil, flags: [])
        guard device.identifier == device.key.deviceIdentifier else {
            throw JSONError.mismatch(path: "device", wanted: "the identifier of its key")
        }
    }

    /// The signed form: the JSON of an envelope.
    func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.formatVersion), "device": .string(device.identifier),
            "public_key": .string(Base64.encode(device.key.bytes)), "name": .string(device.name),
            "state": .string(device.state.rawValue), "enrolled_ms": .integer(device.enrolledMilliseconds),
            "epoch": .integer(device.epoch),
        ]
        return try Envelope(payloadType: Self.mediaType, payload: value.bytes, key: key).json
    }
}
