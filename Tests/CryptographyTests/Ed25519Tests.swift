import Cryptography
import Testing

@Suite struct Ed25519Tests {
    /// Tests 1, 2, 3 and SHA(abc) of RFC 8032 section 7.1: seed, public key, message, signature.
    static let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ]

    @Test(arguments: vectors)
    func signsAsTheStandardDoes(vector: (seed: String, key: String, message: String, signature: String)) throws {
        let seed = try #require(Hexadecimal.decode(vector.seed))
        let message = try #require(Hexadecimal.decode(vector.message))
        let key = try PrivateKey(seed: seed)
        #expect(Hexadecimal.encode(key.publicKey.bytes) == vector.key)
        let signature = try key.sign(message)
        #expect(Hexadecimal.encode(signature) == vector.signature)
        #expect(key.publicKey.isValid(signature, for: message))
    }

    @Test func refusesEveryFlippedByte() throws {
        let key = try PrivateKey()
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        for index in signature.indices {
            var flipped = signature
            flipped[index] ^= 1
            #expect(!key.publicKey.isValid(flipped, for: message), "signature byte \(index)")
        }
        for index in message.indices {
            var flipped = message
            flipped[index] ^= 0x80
            #expect(!key.publicKey.isValid(signature, for: flipped), "message byte \(index)")
        }
        #expect(!key.publicKey.isValid(Array(signature.dropLast()), for: message))
        #expect(!key.publicKey.isValid([], for: message))
        #expect(try !PrivateKey().publicKey.isValid(signature, for: message))
    }

    @Test func goesThroughPEM() throws {
        let key = try PrivateKey()
        let pem = try key.pem()
        #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n") && pem.hasSuffix("-----END PRIVATE KEY-----\n"))
        let again = try PrivateKey(pem: pem)
        #expect(again.publicKey == key.publicKey)
        #expect(try again.sign([1]) == key.sign([1]))
    }

    /// What `openssl genpkey -algorithm ed25519` writes: RFC 8410 section 10.3.
    /// A text that came out of a file was read from memory that had been given back.
    @Test func readsKeysOutOfTextsThatNobodyElseKeeps() throws {
        for _ in 0..<2000 {
            let key = try PrivateKey()
            let bytes = Array(try key.pem().utf8)
            let again = try PrivateKey(pem: String(decoding: bytes, as: UTF8.self))
            #expect(again.publicKey == key.publicKey)
        }
    }

    @Test func readsThePEMOfTheStandard() throws {
        let key = try PrivateKey(
            pem: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
                -----END PRIVATE KEY-----
                """)
        #expect(Base64.encode(key.publicKey.bytes) == "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
    }

    @Test(arguments: [
        "", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        // An X25519 key, and an Ed25519 key encrypted with the passphrase "secret": read without asking on the terminal.
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIEC/N7FYiKkZdOSva237Sr1CxiBlFxosEW49aD2RcEZ6
        -----END PRIVATE KEY-----
        """,
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjE4KabCLtADgICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHqQ2nK1/ey1dZuNr2C3GIYEQFmm
        B4lnc+vK3UG/iYNjorfeRKNCMUgypebK7ddsE25kyvl21NrG0hfe0rd5zsKippRF
        IK9vT4xdL9cB/f3WIMs=
        -----END ENCRYPTED PRIVATE KEY-----
        """,
    ])
    func refusesOtherText(pem: String) {
        #expect(throws: CryptographyError.notAKey("the text")) { try PrivateKey(pem: pem) }
    }

    @Test func refusesOtherLengths() {
        #expect(throws: CryptographyError.wrongLength(expected: 32, actual: 31)) {
            try PublicKey(bytes: [UInt8](repeating: 0, count: 31))
        }
        #expect(throws: CryptographyError.wrongLength(expected: 32, actual: 33)) {
            try PrivateKey(seed: [UInt8](repeating: 0, count: 33))
        }
    }

    @Test func goesByTheDigestOfItsBytes() throws {
        let key = try PublicKey(bytes: [UInt8](repeating: 0, count: 32))
        #expect(key.identifier == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
    }
}
