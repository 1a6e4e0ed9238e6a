import Cryptography

/// The secret of an invitation: 128 random bits, good for one device.
///
/// It is shown once, as `TOKEN.PIN`: 32 hexadecimal digits, and the SHA-256 of the server certificate's
/// SubjectPublicKeyInfo in 64, by which a device knows the server before it knows the authority. Only its SHA-256 is
/// stored.
public struct EnrolmentToken: Hashable, Sendable {
    /// The 32 hexadecimal digits.
    public let text: String

    /// A new token.
    public init() {
        text = Hexadecimal.encode(SecureRandom.bytes(16))
    }

    /// The token of that text; nil where it is not 32 hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Hexadecimal.decode(text) else { return nil }
        self.text = Hexadecimal.encode(bytes)
    }

    /// What is stored of it.
    var sha256: [UInt8] { SHA256.digest(Array(text.utf8)) }
}
