import Cryptography
import ObjectStore
import Testing

@testable import CloudAggregator

/// The backups in a store: which of them count, and which go.
@Suite struct BackupShelfTests {
    private let folder: TemporaryFolder
    private let shelf: BackupShelf

    init() throws {
        folder = try TemporaryFolder()
        shelf = BackupShelf(store: try DirectoryObjectStore(root: folder.path), key: try PrivateKey().publicKey)
    }

    private func add(_ name: String, isFinished: Bool = true) throws {
        try shelf.store.put([1], key: shelf.key(of: "models/visits/1.model", in: name), .replace)
        if isFinished { try shelf.store.put([2], key: shelf.manifestKey(name), .replace) }
    }

    private func folders() throws -> Set<String> {
        var names: Set<String> = []
        try shelf.store.list(prefix: "backup/", after: nil) { info in
            names.insert(String(info.key.split(separator: "/")[1]))
            return true
        }
        return names
    }

    @Test func namesInOrderAreBackupsInOrder() {
        #expect(BackupShelf.name(at: 1_500_000_000_007) == "2017-07-14T024000.007Z")
        let names = stride(from: Int64(1_699_999_999_900), to: 1_700_000_100_000, by: 777).map(BackupShelf.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test func onlyTheNewestStayAndWhatNeverCameToItsEndGoes() throws {
        for name in ["a", "b", "d", "e"] { try add(name) }
        try add("c", isFinished: false)
        try add("f", isFinished: false)
        #expect(try shelf.names() == ["a", "b", "d", "e"])
        #expect(try shelf.prune(keeping: 2) == ["a", "b"])
        #expect(try folders() == ["d", "e", "f"], "the last one may be at work")
        #expect(try shelf.names() == ["d", "e"])
    }

    @Test func aManifestThatAnotherKeySignedIsNotBelieved() throws {
        let manifest = BackupManifest(
            fleet: "demo", name: "a", createdMilliseconds: 1, watermark: 2, tables: [], files: [])
        try shelf.store.put(manifest.signed(by: PrivateKey()), key: shelf.manifestKey("a"), .replace)
        #expect(throws: CloudError.self) { try shelf.manifest("a") }
        #expect(throws: CloudError.noSuchBackup("b", place: folder.path)) { try shelf.manifest("b") }
    }
}
