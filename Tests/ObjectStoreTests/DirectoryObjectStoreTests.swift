import Foundation
import Testing

@testable import ObjectStore

@Suite struct DirectoryObjectStoreTests {
    let root = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)").path()

    private func withStore(_ body: (DirectoryObjectStore) throws -> Void) throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: root) } }
        try body(DirectoryObjectStore(root: root))
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
    }

    @Test func nothingElseIsLeftBesideAnObject() throws {
        try withStore { store in
            try store.put([1], key: "raw/a/1.batch", .replace)
            try store.put([2], key: "raw/a/1.batch", .ifAbsent)
            #expect(try names(in: "raw/a") == ["1.batch"])
            #expect(try names(in: "raw/.tmp") == [])
        }
    }

    @Test func aRootThatIsAFileIsAnError() throws {
        let file = root + "-file"
        try Data().write(to: URL(filePath: file))
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: file) } }
        #expect(throws: ObjectStoreError.self) { try DirectoryObjectStore(root: file + "/below") }
    }

    @Test func aSweepRemovesTheLeftoversOfTheDeadAlone() throws {
        try withStore { store in
            try store.put([1], key: "raw/a", .replace)
            try store.put([1], key: "b", .replace)
            for folder in ["raw/.tmp", ".tmp"] { try Data([1]).write(to: URL(filePath: "\(root)/\(folder)/1-1")) }
            var living = try TemporaryFile(in: "\(root)/raw/.tmp")
            try living.write([7])
            #expect(try store.sweep() == 2)
            try living.move(to: "\(root)/raw/c")
            #expect(try store.get("raw/c") == [7])
            #expect(try store.sweep() == 0)
        }
    }

    @Test func foldersThatAreEmptyGoWithTheLastObject() throws {
        try withStore { store in
            try store.put([1], key: "raw/a/b/c", .replace)
            try store.put([1], key: "raw/d", .replace)
            try store.delete("raw/a/b/c")
            #expect(try names(in: "raw") == [".tmp", "d"])
        }
    }

    @Test func aFullDiskIsToldFromOtherFailures() {
        errno = ENOSPC
        #expect(ObjectStoreError.call("write", "a") == .full(path: "a"))
        errno = EACCES
        #expect(ObjectStoreError.call("open", "a") == .system(call: "open", path: "a", reason: "Permission denied"))
    }
}
