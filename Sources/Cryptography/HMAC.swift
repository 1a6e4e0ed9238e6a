/// Keyed digests (RFC 2104).
public enum HMAC {
    private static let blockBytes = 64

    /// HMAC-SHA256 of a message, 32 bytes; `key` has at most 64.
    public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count <= blockBytes, "a longer key would have to be hashed first")
        let padded = key + [UInt8](repeating: 0, count: blockBytes - key.count)
        return SHA256.digest(padded.map { $0 ^ 0x5C } + SHA256.digest(padded.map { $0 ^ 0x36 } + message))
    }
}
