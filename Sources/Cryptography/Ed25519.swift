import COpenSSL

/// A public key of Ed25519 (RFC 8032): 32 bytes.
public struct PublicKey: Hashable, Sendable {
    /// The bytes of a signature.
    public static let signatureByteCount = 64

    /// The 32 bytes of the key.
    public let bytes: [UInt8]

    /// The key of those 32 bytes.
    public init(bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == 32 else { throw .wrongLength(expected: 32, actual: bytes.count) }
        self.bytes = bytes
    }

    /// The name the key goes by in envelopes: the SHA-256 of its bytes in hexadecimal.
    public var identifier: String {
        Hexadecimal.encode(SHA256.digest(bytes))
    }

    /// Whether `signature` was made over `message` by the owner of this key.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureByteCount,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count),
            let context = EVP_MD_CTX_new()
        else { return false }
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        let valid =
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        if !valid { ERR_clear_error() }
        return valid
    }
}

/// A private key of Ed25519 (RFC 8032), kept by libcrypto. It never changes, so any thread may use it.
public final class PrivateKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// The key that others check signatures with.
    public let publicKey: PublicKey

    /// A new key.
    public convenience init() throws(CryptographyError) {
        try self.init(seed: SecureRandom.bytes(32))
    }

    /// The key of that 32-byte seed (RFC 8032 section 5.1.5).
    public convenience init(seed: [UInt8]) throws(CryptographyError) {
        guard seed.count == 32 else { throw .wrongLength(expected: 32, actual: seed.count) }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { throw .last() }
        try self.init(owning: key)
    }

    /// The key in a PKCS#8 PEM text, as `openssl genpkey -algorithm ed25519` writes it.
    public convenience init(pem: String) throws(CryptographyError) {
        guard let key = Self.read(pem: Array(pem.utf8)) else {
            ERR_clear_error()
            throw .notAKey("the text")
        }
        try self.init(owning: key)
    }

    /// libcrypto reads the text where it lies, so it has to lie there until the end.
    private static func read(pem: [UInt8]) -> OpaquePointer? {
        pem.withUnsafeBytes { text in
            guard let memory = BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else { return nil }
            defer { BIO_free(memory) }
            // An encrypted key gets an empty passphrase and fails: without one libcrypto would ask on the terminal.
            var passphrase: CChar = 0
            return PEM_read_bio_PrivateKey(memory, nil, nil, &passphrase)
        }
    }

    private init(owning key: OpaquePointer) throws(CryptographyError) {
        guard EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            EVP_PKEY_free(key)
            throw .notAKey("the text")
        }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 else {
            EVP_PKEY_free(key)
            throw .last()
        }
        self.key = key
        publicKey = try PublicKey(bytes: bytes)
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// The key as a PKCS#8 PEM text.
    public func pem() throws(CryptographyError) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .last() }
        defer { BIO_free(memory) }
        guard PEM_write_bio_PrivateKey(memory, key, nil, nil, 0, nil, nil) == 1 else { throw .last() }
        var text = [UInt8](repeating: 0, count: 512)
        let count = BIO_read(memory, &text, Int32(text.count))
        guard count > 0 else { throw .last() }
        return String(decoding: text[..<Int(count)], as: UTF8.self)
    }

    /// The 64-byte signature over `message`.
    public func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .last() }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: PublicKey.signatureByteCount)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { throw .last() }
        return signature
    }
}
