import Cryptography
import Testing

@Suite struct DigestTests {
    private static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    /// The examples of FIPS 180 for SHA-256, and the digest of nothing.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (
            String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func givesTheSHA256OfTheStandard(text: String, digest: String) {
        #expect(Hexadecimal.encode(SHA256.digest(Array(text.utf8))) == digest)
    }

    @Test func givesTheSamePieceByPiece() {
        let bytes = Array(Self.twoBlocks.utf8)
        for cut in 0...bytes.count {
            let hash = SHA256()
            hash.update(Array(bytes[..<cut]))
            #expect(hash.digest() == SHA256.digest(Array(bytes[..<cut])), "a digest may be taken on the way")
            hash.update(Array(bytes[cut...]))
            #expect(hash.digest() == SHA256.digest(bytes), "cut at \(cut)")
        }
    }

    /// The examples of FIPS 180 for SHA-1.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (twoBlocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ])
    func givesTheSHA1OfTheStandard(text: String, digest: String) {
        #expect(Hexadecimal.encode(SHA1.digest(Array(text.utf8))) == digest)
    }

    @Test func givesOtherRandomBytesEachTime() {
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(SecureRandom.bytes(0).isEmpty)
    }
}
