import Cryptography
import ObjectStore
import StreamDefinition
import Warehouse

/// The records of all forgotten subjects in the object store.
struct ForgottenRecords: Sendable {
    private let store: any ObjectStore
    private let key: PrivateKey
    /// Names subjects, by a key that only the holder of the receipt key can make.
    let hasher: SubjectHasher

    /// - Parameter key: the receipt key, which signs the records.
    init(store: any ObjectStore, key: PrivateKey) throws(CryptographyError) {
        (self.store, self.key) = (store, key)
        // Ed25519 (RFC 8032) signs a text in one way only.
        hasher = SubjectHasher(key: SHA256.digest(try key.sign(Array("waystation forgotten subjects".utf8))))
    }

    /// Makes a record durable; the first one of a subject stays.
    func keep(_ record: ForgottenRecord) throws {
        try store.put(record.signed(by: key), key: record.key, .ifAbsent)
    }

    /// The digests of all subjects that are forgotten, by their kinds.
    ///
    /// A record that cannot be believed is an error: without it somebody would come back.
    func all() throws -> [String: Set<[UInt8]>] {
        var digests: [String: Set<[UInt8]>] = [:]
        try store.list(prefix: ForgottenRecord.folder, after: nil) { info in
            do {
                let record = try ForgottenRecord(signed: store.get(info.key), key: key.publicKey)
                digests[record.subject, default: []].insert(record.digest)
            } catch let error as ObjectStoreError {
                throw error
            } catch {
                throw CloudError.unbelievedRecord(key: info.key, place: store.place, reason: String(describing: error))
            }
            return true
        }
        return digests
    }

    /// All subjects of those streams that are forgotten, by stream.
    func subjects(of plans: [StreamPlan]) throws -> [String: ForgottenSubjects] {
        let digests = try all()
        return plans.reduce(into: [:]) { subjects, plan in
            let own = plan.subject.flatMap { digests[$0.name] } ?? []
            subjects[plan.name] = ForgottenSubjects(of: plan, digests: own, hasher: hasher)
        }
    }

    /// Has the warehouse forget all of them: one that is new, or was put back to an older state.
    func apply(to warehouse: some Warehouse) throws {
        for (subject, digests) in try all() { _ = try warehouse.forget(digests, subject, hasher: hasher) }
    }
}
