import COpenSSL

/// Random bytes fit for keys, tokens and nonces.
public enum SecureRandom {
    /// That many bytes from libcrypto's generator.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { fatalError("the machine gives no random bytes") }
        return bytes
    }
}
