import Cryptography
import JSON
import ObjectStore
import Signing

/// Up to which day raw batches were removed on purpose: the tables know more than these can give again.
///
/// It is the object `expired.json`, an envelope (DSSE) signed with the receipt key, and is written before the first batch
/// goes. The payload's members: `version` (1), `before`, the first day whose batches are kept: `2015-03-08`.
struct ExpiryMark: Sendable {
    private static let objectKey = "expired.json"
    private static let mediaType = "application/vnd.waystation.expired+json"
    private static let formatVersion: Int64 = 1

    let store: any ObjectStore
    /// The receipt key.
    let key: PrivateKey

    /// The first day whose batches are kept; nil where none was ever removed.
    func day() throws -> String? {
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            bytes = try store.get(Self.objectKey)
        } catch .notFound {
            return nil
        }
        do {
            let payload = try Envelope(json: bytes).verifiedPayload(type: Self.mediaType, key: key.publicKey)
            let value = try JSONValue(parsing: payload)
            guard try value.requiredInteger("version") == Self.formatVersion else {
                throw JSONError.mismatch(path: "version", wanted: "\(Self.formatVersion)")
            }
            return try value.requiredString("before")
        } catch {
            throw CloudError.unbelievedRecord(
                key: Self.objectKey, place: store.place, reason: String(describing: error))
        }
    }

    /// Moves the day on; never back.
    func raise(to day: String) throws {
        if let known = try self.day(), known >= day { return }
        let value: JSONValue = ["version": .integer(Self.formatVersion), "before": .string(day)]
        let envelope = try Envelope(payloadType: Self.mediaType, payload: value.bytes, key: key)
        try store.put(envelope.json, key: Self.objectKey, .replace)
    }
}
