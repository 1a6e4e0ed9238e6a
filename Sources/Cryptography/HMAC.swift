import COpenSSL

/// A hash under a key (RFC 2104), with SHA-256: only who has the key can make it or check it.
public enum HMAC {
    /// The 32 bytes over `message` under `key`, which may be of any length.
    public static func sha256(_ message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        let message = Array(message)
        var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
        var count: UInt32 = 0
        let result = COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, &count)
        precondition(result != nil && count == SHA256.byteCount, "HMAC takes any key and any bytes")
        return digest
    }
}
