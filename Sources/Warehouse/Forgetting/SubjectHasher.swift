import Cryptography

/// Names subjects that are forgotten without saying who they are: HMAC-SHA256 (RFC 2104) under a secret key.
public struct SubjectHasher: Sendable {
    /// The bytes of a key.
    public static let keyBytes = SHA256.byteCount

    /// The key.
    public let key: [UInt8]

    /// A hasher with a key of `keyBytes` bytes.
    public init(key: [UInt8]) {
        precondition(key.count == Self.keyBytes, "a key has \(Self.keyBytes) bytes")
        self.key = key
    }

    /// The digest of a subject: of what kind it is, and its value, whole numbers in decimal digits.
    public func digest(of value: String, _ subject: String) -> [UInt8] {
        HMAC.sha256(Array(subject.utf8) + [0] + Array(value.utf8), key: key)
    }
}
