import COpenSSL

/// SHA-256 (FIPS 180-4), all at once or piece by piece.
public final class SHA256 {
    /// The bytes of a digest.
    public static let byteCount = 32

    private let context: OpaquePointer

    /// A hash over nothing yet.
    public init() {
        guard let context = EVP_MD_CTX_new() else { fatalError("out of memory for a SHA-256 context") }
        self.context = context
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "SHA-256 is part of libcrypto")
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes to what is hashed.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA-256 takes any bytes")
    }

    /// Adds bytes to what is hashed.
    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The 32 bytes of the digest over all so far; more may be added afterwards.
    public func digest() -> [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { fatalError("out of memory for a SHA-256 context") }
        defer { EVP_MD_CTX_free(copy) }
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        precondition(EVP_MD_CTX_copy_ex(copy, context) == 1, "a SHA-256 context can be copied")
        precondition(EVP_DigestFinal_ex(copy, &digest, nil) == 1, "a SHA-256 digest can be taken")
        return digest
    }

    /// The 32 bytes of the digest over `bytes`.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }
}

/// SHA-1 (FIPS 180-4), for the WebSocket handshake alone (RFC 6455 section 4.2.2).
public enum SHA1 {
    /// The 20 bytes of the digest over `bytes`.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        precondition(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1, "SHA-1 takes any bytes")
        return digest
    }
}
