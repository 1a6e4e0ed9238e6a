import Cryptography
import JSON

/// What a device says to join a fleet; the request is signed with the new key, `keyid` its base 64.
public struct EnrolmentRequest: Hashable, Sendable {
    /// The secret half of the invitation: 32 hexadecimal digits.
    public var token: String
    /// The device's new key.
    public var publicKey: PublicKey
    /// The label people know the device by; may be empty.
    public var name: String

    /// A request to join.
    public init(token: String, publicKey: PublicKey, name: String) {
        self.token = token
        self.publicKey = publicKey
        self.name = name
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        token = try value.requiredString("token")
        publicKey = try value.requiredKey("public_key")
        name = value["name"]?.string ?? ""
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "token": .string(token), "public_key": .string(Base64.encode(publicKey.bytes)), "name": .string(name),
        ]
        return value.bytes
    }
}
