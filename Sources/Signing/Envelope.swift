import Cryptography
import JSON

/// A signed message: DSSE, Dead Simple Signing Envelope, version 1 (https://github.com/secure-systems-lab/dsse).
///
/// What is signed is the pre-authentication encoding of type and payload, so that a payload of one type never passes
/// for another. The JSON form is `{"payloadType", "payload" (base 64), "signatures": [{"keyid", "sig" (base 64)}]}`.
public struct Envelope: Hashable, Sendable {
    /// The media type of the payload.
    public let payloadType: String
    /// The bytes that are signed for.
    public let payload: [UInt8]
    /// The identifier of the key that signed, see `PublicKey.identifier`.
    public let keyIdentifier: String
    /// The 64 bytes of the Ed25519 signature.
    public let signature: [UInt8]

    /// Signs `payload`.
    public init(payloadType: String, payload: [UInt8], key: PrivateKey) throws(CryptographyError) {
        self.payloadType = payloadType
        self.payload = payload
        keyIdentifier = key.publicKey.identifier
        signature = try key.sign(Self.preAuthenticationEncoding(type: payloadType, payload: payload))
    }

    /// Reads the JSON form; exactly one signature is expected.
    public init(json bytes: [UInt8]) throws(SigningError) {
        do throws(JSONError) {
            let value = try JSONValue(parsing: bytes)
            let signatures = try value.requiredArray("signatures")
            guard signatures.count == 1 else { throw .mismatch(path: "signatures", wanted: "one signature") }
            payloadType = try value.requiredString("payloadType")
            keyIdentifier = try signatures[0].requiredString("keyid")
            payload = try value.requiredBase64("payload")
            signature = try signatures[0].requiredBase64("sig")
        } catch {
            throw .malformed("envelope: \(error)")
        }
    }

    /// The JSON form.
    public var json: [UInt8] {
        let signature: JSONValue = [
            "keyid": .string(keyIdentifier), "sig": .string(Base64.encode(self.signature)),
        ]
        let value: JSONValue = [
            "payloadType": .string(payloadType),
            "payload": .string(Base64.encode(payload)),
            "signatures": .array([signature]),
        ]
        return value.bytes
    }

    /// The payload, once its type and its signature by `key` are found right.
    public func verifiedPayload(type: String, key: PublicKey) throws(SigningError) -> [UInt8] {
        guard payloadType == type else { throw .wrongType(expected: type, actual: payloadType) }
        guard keyIdentifier == key.identifier else { throw .unknownKey(keyIdentifier) }
        let message = Self.preAuthenticationEncoding(type: payloadType, payload: payload)
        guard key.isValid(signature, for: message) else { throw .invalidSignature }
        return payload
    }

    /// PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
    static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }
}

extension JSONValue {
    fileprivate func requiredBase64(_ name: String) throws(JSONError) -> [UInt8] {
        guard let bytes = Base64.decode(try requiredString(name)) else {
            throw .mismatch(path: name, wanted: "base 64")
        }
        return bytes
    }
}
