import BatchFormat
import Glibc
import ObjectStore
import RawStore
import Synchronization
import Testing

@testable import CloudAggregator

/// A state folder with merged batches, whose server has ended.
struct RawSite {
    let cloud: TestCloud
    let manifests: [Manifest]

    var configuration: CloudConfiguration { cloud.configuration }
    var objects: DirectoryObjectStore {
        get throws { try DirectoryObjectStore(root: configuration.state) }
    }

    /// Batches of ten events each, of one device, one after the other.
    static func make(batches: Int, _ more: (TestCloud, TestDevice) async throws -> Void = { _, _ in }) async throws
        -> RawSite
    {
        var site: RawSite?
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            var manifests: [Manifest] = []
            for sequence in 1...Int64(batches) {
                let lines = (0..<10).map { TestStream.event(Int(sequence) * 10 + $0) }
                let (file, manifest) = try device.batch(
                    lines, sequence: sequence, previous: manifests.last?.sha256 ?? Manifest.noPrevious)
                #expect(try await device.upload(file, sequence: sequence).status == 200)
                manifests.append(manifest)
            }
            site = RawSite(cloud: cloud, manifests: manifests)
            try await more(cloud, device)
        }
        return try #require(site)
    }

    func digests() throws -> String { try TableJob(configuration).digests() }

    func key(_ index: Int) -> String { RawKey.batch(manifests[index]) }

    /// The keys in the order in which a store lists them.
    var listedKeys: [String] { manifests.map(RawKey.batch).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Changes a byte in the middle of the frames of a raw batch.
    func damage(_ index: Int) throws {
        var file = try objects.get(key(index))
        file[file.count - 9] ^= 0x10
        try objects.put(file, key: key(index), .replace)
    }
}

/// A store that counts what is read, and of which one object cannot be read.
final class CountingStore: ObjectStore {
    private let store: DirectoryObjectStore
    private let unreadable: String?
    private let reads = Mutex<[String]>([])

    init(_ store: DirectoryObjectStore, unreadable: String? = nil) {
        (self.store, self.unreadable) = (store, unreadable)
    }

    /// The raw batches that were read.
    var batches: [String] { reads.withLock { $0.filter { $0.hasSuffix(".batch") } } }

    var place: String { store.place }

    func put(_ bytes: [UInt8], key: String, _ condition: PutCondition) throws(ObjectStoreError) -> PutOutcome {
        try store.put(bytes, key: key, condition)
    }

    func put(file path: String, key: String) throws(ObjectStoreError) { try store.put(file: path, key: key) }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        reads.withLock { $0.append(key) }
        guard key != unreadable else { throw .unreachable(place: place, reason: "as the test wants it") }
        return try store.get(key)
    }

    func get(_ key: String, to path: String) throws(ObjectStoreError) { try store.get(key, to: path) }

    func list(prefix: String, after: String?, _ body: (ObjectInfo) throws -> Bool) throws {
        try store.list(prefix: prefix, after: after, body)
    }

    func delete(_ key: String) throws(ObjectStoreError) { try store.delete(key) }

    func sweep() throws(ObjectStoreError) -> Int { try store.sweep() }
}
