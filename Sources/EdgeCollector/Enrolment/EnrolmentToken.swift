import Cryptography

/// An invitation as `waystation-cloud device invite` prints it: `TOKEN.PIN`.
public struct EnrolmentToken: Hashable, Sendable {
    /// The secret that counts once: 128 bits, 32 hexadecimal digits.
    public let secret: String
    /// The SHA-256 of the public key in the cloud's certificate: whom to believe before an authority is known.
    public let pin: [UInt8]

    /// Reads a token.
    public init(_ text: String) throws(EdgeError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Hexadecimal.decode(String(parts[0]))?.count == 16,
            let pin = Hexadecimal.decode(String(parts[1])), pin.count == SHA256.byteCount
        else { throw .malformedToken }
        secret = parts[0].lowercased()
        self.pin = pin
    }
}
