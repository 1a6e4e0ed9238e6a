import Cryptography
import JSON
import Signing

/// That a subject is forgotten, kept beside the raw batches, so that tables that are made from them again leave it out.
///
/// It is the object `forgotten/{subject}/{digest}.json`, an envelope (DSSE) signed with the receipt key. The payload's
/// members, in this order: `version` (1), `subject`, `digest` (hexadecimal), `forgotten_ms`. It does not say who it is.
struct ForgottenRecord: Hashable, Sendable {
    /// What all keys of records begin with.
    static let folder = "forgotten/"
    private static let mediaType = "application/vnd.waystation.forgotten+json"
    private static let formatVersion: Int64 = 1

    /// Of what kind the subject is.
    let subject: String
    /// Its digest by the fleet's `SubjectHasher`.
    let digest: [UInt8]
    /// When it was forgotten, in milliseconds since 1970.
    let forgottenMilliseconds: Int64

    var key: String { "\(Self.folder)\(subject)/\(Hexadecimal.encode(digest)).json" }

    init(subject: String, digest: [UInt8], forgottenMilliseconds: Int64) {
        (self.subject, self.digest, self.forgottenMilliseconds) = (subject, digest, forgottenMilliseconds)
    }

    /// Reads the signed form, once its signature by `key` is found right.
    init(signed bytes: [UInt8], key: PublicKey) throws {
        let payload = try Envelope(json: bytes).verifiedPayload(type: Self.mediaType, key: key)
        let value = try JSONValue(parsing: payload)
        guard try value.requiredInteger("version") == Self.formatVersion else {
            throw JSONError.mismatch(path: "version", wanted: "\(Self.formatVersion)")
        }
        guard let digest = Hexadecimal.decode(try value.requiredString("digest")) else {
            throw JSONError.mismatch(path: "digest", wanted: "hexadecimal digits")
        }
        subject = try value.requiredString("subject")
        self.digest = digest
        forgottenMilliseconds = try value.requiredInteger("forgotten_ms")
    }

    /// The signed form: the JSON of an envelope.
    func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.formatVersion), "subject": .string(subject),
            "digest": .string(Hexadecimal.encode(digest)), "forgotten_ms": .integer(forgottenMilliseconds),
        ]
        return try Envelope(payloadType: Self.mediaType, payload: value.bytes, key: key).json
    }
}
