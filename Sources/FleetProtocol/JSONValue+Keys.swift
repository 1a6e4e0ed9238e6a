import Cryptography
import JSON

extension JSONValue {
    /// The Ed25519 key in that member, or an error that names it.
    public func requiredKey(_ name: String) throws(JSONError) -> PublicKey {
        guard let bytes = Base64.decode(try requiredString(name)), let key = Self.key(bytes) else {
            throw .mismatch(path: name, wanted: "an Ed25519 key, 32 bytes in base 64")
        }
        return key
    }

    private static func key(_ bytes: [UInt8]) -> PublicKey? {
        do throws(CryptographyError) { return try PublicKey(bytes: bytes) } catch { return nil }
    }

    /// The SHA-256 in that member, or an error that names it.
    public func requiredDigest(_ name: String) throws(JSONError) -> [UInt8] {
        guard let bytes = Hexadecimal.decode(try requiredString(name)), bytes.count == SHA256.byteCount else {
            throw .mismatch(path: name, wanted: "64 hexadecimal digits")
        }
        return bytes
    }
}
