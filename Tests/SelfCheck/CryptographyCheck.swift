import Cryptography
import Signing

/// Digests, Ed25519, Base64, and the signature of a control request.
struct CryptographyCheck {
    let material: Material

    func run() throws {
        let recording = material.recording
        SelfCheck.report("recording, SHA-256", Hexadecimal.encode(SHA256.digest(recording)))
        SelfCheck.report("recording, SHA-1", Hexadecimal.encode(SHA1.digest(recording)))
        try SelfCheck.require(Base64.decode(Base64.encode(recording)) == recording, "Base64 does not come back")

        let key = material.key
        SelfCheck.report("key", key.publicKey.identifier)
        var signature = try key.sign(recording)
        SelfCheck.report("recording, signature", Hexadecimal.encode(signature))
        try SelfCheck.require(key.publicKey.isValid(signature, for: recording), "a right signature is refused")
        signature[63] ^= 1
        try SelfCheck.require(!key.publicKey.isValid(signature, for: recording), "a wrong signature passes")
        try SelfCheck.require(
            PrivateKey(pem: key.pem()).publicKey == key.publicKey, "a key does not come back from its PEM")
        try controlRequest()
    }

    private func controlRequest() throws {
        let request = HTTPSignature.Request(
            method: "GET", authority: "cloud.example:8443", path: "/v1/models/rsvps/timestamp",
            query: "after=3&wait=50", body: Array("{}".utf8))
        let created: Int64 = 1_790_000_000
        let fields = try HTTPSignature.sign(
            request, key: material.key, keyIdentifier: "self-check", created: created, nonce: "00112233")
        for field in fields { SelfCheck.report("request, \(field.name)", field.value) }
        let signer = try HTTPSignature.verify(
            request, header: { name in fields.first { $0.name == name }?.value }, now: created + 299,
            key: { _ in material.key.publicKey })
        SelfCheck.report("request, signed by", signer.keyIdentifier)
    }
}
