import Cryptography
import Signing

/// Reads lines as a request: the first is the path, each other one a header field, `name: value`.
///
/// Parameters that are understood must be the same ones once they are written out. A request is never found signed but
/// with the fields that the key made.
enum HTTPSignatureProbe {
    /// The time of the corpus's signed requests, in seconds since 1970.
    static let now: Int64 = 1_490_000_000
    /// The seed of the key that signed them.
    static let seed = [UInt8](repeating: 9, count: 32)

    static func run(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            if parts.count == 2 { fields[parts[0].lowercased()] = String(parts[1]) }
        }
        for value in fields.values { checkParameters(value) }
        guard let key = try? PrivateKey(seed: seed) else { return }
        let request = HTTPSignature.Request(method: "POST", authority: "cloud.example", path: String(lines[0]))
        let signer = try? HTTPSignature.verify(
            request, header: { fields[$0] }, now: now, key: { $0 == "key" ? key.publicKey : nil })
        guard let signer else { return }
        let made = try? HTTPSignature.sign(
            request, key: key, keyIdentifier: signer.keyIdentifier, created: signer.created, nonce: signer.nonce)
        precondition(made?.contains { $0.value == fields["signature-input"] } == true, "what is signed was not made")
    }

    private static func checkParameters(_ text: String) {
        let value = text.drop { $0 != "(" }
        guard let parameters = try? SignatureParameters(parsing: value) else { return }
        let again = try? SignatureParameters(parsing: parameters.text)
        precondition(again == parameters, "the parameters are others once they are written")
    }
}
