import Glibc
import Synchronization
import Transfer

/// The object store in a bucket of S3, or of a service that speaks its protocol.
///
/// A put above 8 MiB goes in parts and appears when the last one is there. A conditional put goes as one request with
/// `If-None-Match: *`, whatever its length. Some services ignore that header, which the first conditional put finds out:
/// there the store looks first and then puts. Within this program that is one step; two programs that put the same key at
/// the same moment may then both be told that theirs is stored, and the later one stays.
///
/// Each request that may be repeated is, with backoff. Objects in the bucket whose keys are none of `ObjectKey` are not
/// seen.
public final class S3ObjectStore: ObjectStore {
    /// The greatest body of one request, and the length of a part.
    static let partBytes = 8 << 20
    /// What `get` returns in memory at most.
    static let objectBytes = 256 << 20
    /// Upload attempts that are older were left behind by a program that is gone.
    static let leftoverAge = Duration.seconds(24 * 3600)

    let client: S3Client
    /// The keys of a page of a listing; S3 gives at most 1000.
    let pageSize: Int
    /// Whether the service heeds `If-None-Match`; nil while nobody has asked.
    let conditions = Mutex<Bool?>(nil)
    /// Held from looking to putting, where the service does not heed it.
    let looking = Mutex(())

    /// The bucket there.
    public convenience init(_ location: S3Location, credentials: any S3CredentialSource, trust: ServerTrust) {
        self.init(location, credentials: credentials, trust: trust, pageSize: 1000, surroundings: .system)
    }

    init(
        _ location: S3Location, credentials: any S3CredentialSource, trust: ServerTrust, pageSize: Int,
        surroundings: S3Surroundings
    ) {
        client = S3Client(location, credentials: credentials, trust: trust, surroundings: surroundings)
        self.pageSize = pageSize
    }

    /// The bucket's address.
    public var place: String { client.location.place }

    /// Keeps `bytes` under `key`.
    @discardableResult
    public func put(_ bytes: [UInt8], key: String, _ condition: PutCondition) throws(ObjectStoreError) -> PutOutcome {
        let whole = try wholeKey(key)
        if case .ifAbsent = condition { return try putIfAbsent(bytes, whole) }
        if bytes.count <= Self.partBytes {
            try putWhole(bytes, whole)
        } else {
            var position = 0
            try putParts(whole, partBytes: Self.partBytes) { () throws(ObjectStoreError) in
                defer { position = min(position + Self.partBytes, bytes.count) }
                return Array(bytes[position...].prefix(Self.partBytes))
            }
        }
        return .stored
    }

    /// Keeps the content of the file at `path` under `key`, in place of what is there.
    public func put(file path: String, key: String) throws(ObjectStoreError) {
        let whole = try wholeKey(key)
        let file = try OpenFile(path, O_RDONLY)
        let byteCount = try file.byteCount()
        if byteCount <= Self.partBytes { return try putWhole(file.read(Self.partBytes), whole) }
        let partBytes = max(Self.partBytes, (byteCount + Self.partLimit - 1) / Self.partLimit)
        try putParts(whole, partBytes: partBytes) { () throws(ObjectStoreError) in try file.read(partBytes) }
    }

    /// The bytes under `key`; throws `notFound` where nothing is.
    public func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        let answer = try client.perform(
            S3Request(
                method: "GET", key: wholeKey(key), maximumResponseBytes: Self.objectBytes, answers: [404]))
        guard answer.status != 404 else { throw try missing(key, answer) }
        return answer.response.body
    }

    /// Writes the bytes under `key` into a file at `path`, in place of what is there, and syncs it.
    public func get(_ key: String, to path: String) throws(ObjectStoreError) {
        let whole = try wholeKey(key)
        try OpenFile.write(to: path) { file throws(ObjectStoreError) in
            try S3Download(client: client, key: whole).run(into: file) { answer throws(ObjectStoreError) in
                try missing(key, answer)
            }
        }
    }

    /// Removes what is under `key`.
    public func delete(_ key: String) throws(ObjectStoreError) {
        try client.perform(S3Request(method: "DELETE", key: wholeKey(key), answers: [404]))
    }

    /// The key in the bucket.
    func wholeKey(_ key: String) throws(ObjectStoreError) -> String {
        try ObjectKey.check(key)
        let whole = client.location.prefix + key
        guard whole.utf8.count <= ObjectKey.maximumByteCount else {
            throw .invalidKey(
                key, reason: "with the store's prefix it is longer than \(ObjectKey.maximumByteCount) bytes")
        }
        return whole
    }

    /// Keeps `bytes` in one request.
    private func putWhole(_ bytes: [UInt8], _ whole: String) throws(ObjectStoreError) {
        try client.perform(S3Request(method: "PUT", key: whole, body: bytes))
    }

    /// What 404 means: no object, or no bucket, which is another thing.
    private func missing(_ key: String, _ answer: S3Answer) throws(ObjectStoreError) -> ObjectStoreError {
        let failure = S3Failure(answer.response)
        return failure.code == "NoSuchBucket" ? client.refusal(failure.sentence) : .notFound(key: key)
    }
}
