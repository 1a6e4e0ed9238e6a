import BatchFormat
import Cryptography
import ObjectStore
import Signing

/// The batches as they came, each durable before it counts: objects under the keys of `RawKey`.
///
/// A key names a batch's identity, and the ledger alone says which batch of an identity counts. Whoever keeps a batch has
/// found that none of that identity is merged. So, where an object is there already:
///
/// - with the same content, it is of an attempt that did not come to its merge, and nothing is to be done;
/// - with other content, it was never merged: it moves to quarantine, and the new one takes its place.
///
/// After the merge the object under the key is therefore the batch that was merged, and nothing that came is lost.
public struct RawStore: Sendable {
    /// What keeps the files.
    public let objects: any ObjectStore

    /// The batches in `objects`.
    public init(_ objects: any ObjectStore) {
        self.objects = objects
    }

    /// Makes the file of a batch durable that is about to be merged; returns its key.
    @discardableResult
    public func keep(_ file: [UInt8], of manifest: Manifest) throws(ObjectStoreError) -> String {
        let key = RawKey.batch(manifest)
        guard try objects.put(file, key: key, .ifAbsent) == .exists else { return key }
        let other = try objects.get(key)
        if other != file {
            try objects.put(other, key: RawKey.quarantined(manifest.identity, Self.contentDigest(other)), .replace)
            try objects.put(file, key: key, .replace)
        }
        return key
    }

    /// Sets a second batch of an identity aside of which one is merged, for a person to look at; returns its key.
    public func quarantine(_ file: [UInt8], of manifest: Manifest) throws(ObjectStoreError) -> String {
        let key = RawKey.quarantined(manifest.identity, manifest.sha256)
        try objects.put(file, key: key, .replace)
        return key
    }

    /// Moves a file that should not be among the batches to quarantine, for a person to look at; returns its key there.
    public func setAside(_ file: [UInt8], under key: RawKey) throws(ObjectStoreError) -> String {
        let aside = RawKey.quarantined(key.identity, Self.contentDigest(file))
        try objects.put(file, key: aside, .replace)
        try objects.delete(key.description)
        return aside
    }

    /// The file under that key.
    public func load(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        try objects.get(key)
    }

    /// Tells of each batch of that stream, or of all streams, in the order of their keys, from after the key `after` on and
    /// until `body` returns false. What lies below `raw/` under another kind of name is passed over.
    ///
    /// The order is that of bytes: by stream, date and device, but batch 10 comes before batch 9.
    public func forEachBatch(
        of stream: String? = nil, after: String? = nil, _ body: (RawKey, ObjectInfo) throws -> Bool
    ) throws {
        let prefix = RawKey.folder + (stream.map { $0 + "/" } ?? "")
        try objects.list(prefix: prefix, after: after) { info in
            guard let key = RawKey(info.key) else { return true }
            return try body(key, info)
        }
    }

    /// What tells two files of one identity apart: the digest of the manifest, where there is one to read.
    private static func contentDigest(_ file: [UInt8]) -> [UInt8] {
        do throws(SigningError) {
            return SHA256.digest(try SealedHeader.read(file).envelope.payload)
        } catch {
            return SHA256.digest(file)
        }
    }
}
