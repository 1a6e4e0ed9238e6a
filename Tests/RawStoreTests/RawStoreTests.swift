import BatchFormat
import Cryptography
import Foundation
import ObjectStore
import Testing
import Zstandard

@testable import RawStore

@Suite struct RawStoreTests {
    let key: PrivateKey
    let root = FileManager.default.temporaryDirectory.appending(path: "raw-\(UUID().uuidString)").path()

    init() throws {
        key = try PrivateKey()
    }

    /// A sealed batch with that many events; another `boot` makes it another batch of the same identity.
    private func batch(
        _ sequence: Int64, stream: String = "rsvps", boot: String = "b"
    ) throws -> (file: [UInt8], manifest: Manifest) {
        let frames: [UInt8] = [1, 2, 3]
        let manifest = Manifest(
            identity: BatchIdentity(device: "d", epoch: 1, sequence: sequence), fleet: "f", stream: stream, events: 1,
            rawBytes: 1, framesBytes: 3, framesSHA256: SHA256.digest(frames), previous: Manifest.noPrevious,
            firstEventMilliseconds: nil, lastEventMilliseconds: nil, sealedAtMilliseconds: 1_425_788_568_167,
            clock: .synchronized, boot: boot)
        return (try SealedBatch.head(manifest, key: key) + frames, manifest)
    }

    private func withStore(_ body: (RawStore) throws -> Void) throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: root) } }
        try body(RawStore(DirectoryObjectStore(root: root)))
    }

    private func keys(_ store: RawStore, of stream: String? = nil) throws -> [String] {
        var keys: [String] = []
        try store.forEachBatch(of: stream) { key, _ in
            keys.append("\(key)")
            return true
        }
        return keys
    }

    @Test func aBatchLiesUnderItsStreamDayAndIdentity() throws {
        try withStore { store in
            let (file, manifest) = try batch(7)
            let key = try store.keep(file, of: manifest)
            #expect(key == "raw/rsvps/dt=2015-03-08/d/1/7.batch")
            #expect(try store.load(key) == file)
            #expect(RawKey(key) == RawKey(manifest))
        }
    }

    @Test func theSameBatchAgainChangesNothing() throws {
        try withStore { store in
            let (file, manifest) = try batch(7)
            #expect(try store.keep(file, of: manifest) == store.keep(file, of: manifest))
            #expect(try FileManager.default.contentsOfDirectory(atPath: root).sorted() == ["raw"])
        }
    }

    @Test func anotherBatchOfTheIdentityTakesThePlaceOfOneThatWasNeverMerged() throws {
        try withStore { store in
            let (first, second) = (try batch(7, boot: "b"), try batch(7, boot: "c"))
            try store.keep(first.file, of: first.manifest)
            let key = try store.keep(second.file, of: second.manifest)
            #expect(try store.load(key) == second.file)
            let aside = RawKey.quarantined(first.manifest.identity, first.manifest.sha256)
            #expect(try store.load(aside) == first.file)
        }
    }

    @Test func aDamagedObjectIsSetAsideAndReplaced() throws {
        try withStore { store in
            let (file, manifest) = try batch(7)
            let damaged = Array(file.dropFirst())
            try store.objects.put(damaged, key: RawKey.batch(manifest), .replace)
            #expect(try store.load(store.keep(file, of: manifest)) == file)
            #expect(try store.load(RawKey.quarantined(manifest.identity, SHA256.digest(damaged))) == damaged)
        }
    }

    @Test func allBatchesOfAllStreamsOrOfOneAreListed() throws {
        try withStore { store in
            for (sequence, stream) in [(9, "rsvps"), (10, "rsvps"), (1, "rsvps-more"), (1, "photos")] {
                let (file, manifest) = try batch(Int64(sequence), stream: stream)
                try store.keep(file, of: manifest)
            }
            try store.objects.put([1], key: "raw/rsvps/dt=2015-03-08/d/1/notes.txt", .replace)
            try store.objects.put([1], key: "quarantine/d/1/1-00.batch", .replace)
            let names = try keys(store).map { $0.replacing("/dt=2015-03-08/d/1/", with: " ") }
            #expect(
                names == [
                    "raw/photos 1.batch", "raw/rsvps-more 1.batch", "raw/rsvps 10.batch", "raw/rsvps 9.batch",
                ])
            #expect(try keys(store, of: "rsvps").count == 2)
        }
    }

    @Test(arguments: [
        "raw/s/dt=2015-03-08/d/1/1", "raw/s/dt=2015-03-08/d/1/01.batch", "raw/s/dt=2015-03-08/d/x/1.batch",
        "raw/s/2015-03-08/d/1/1.batch", "raw/s/dt=2015-03-08/d/1/1.batch/x", "lake/s/dt=2015-03-08/d/1/1.batch",
    ])
    func whatIsNoBatchHasNoKey(text: String) {
        #expect(RawKey(text) == nil)
    }
}
