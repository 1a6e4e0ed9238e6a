import BatchFormat
import Foundation
import Testing

@testable import RawStore

@Suite struct DirectoryRawStoreTests {
    let root = FileManager.default.temporaryDirectory.appending(path: "raw-\(UUID().uuidString)").path()

    @Test func aFileIsReadBackAndNothingElseIsLeft() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: root) } }
        let store = try DirectoryRawStore(root: root)
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try store.store(bytes, key: "raw/s/dt=2015-03-08/d/1/1.batch")
        #expect(try store.load(key: "raw/s/dt=2015-03-08/d/1/1.batch") == bytes)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/raw/s/dt=2015-03-08/d/1")
        #expect(names == ["1.batch"])
    }

    @Test func aSecondStoreReplacesTheFirst() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: root) } }
        let store = try DirectoryRawStore(root: root)
        try store.store([1], key: "a/b")
        try store.store([2, 3], key: "a/b")
        #expect(try store.load(key: "a/b") == [2, 3])
    }

    @Test func aMissingKeyIsAnErrorThatNamesIt() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: root) } }
        let store = try DirectoryRawStore(root: root)
        #expect { try store.load(key: "none") } throws: { "\($0)".contains("\(root)/none") }
    }

    @Test func aRootThatIsAFileIsAnError() throws {
        let file = root + "-file"
        try Data().write(to: URL(filePath: file))
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: file) } }
        #expect(throws: RawStoreError.self) { try DirectoryRawStore(root: file + "/below") }
    }

    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (951_782_400_000, "2000-02-29"), (1_425_788_568_167, "2015-03-08"),
        (4_102_444_799_999, "2099-12-31"), (4_107_542_400_000, "2100-03-01"),
    ])
    func aDateIsThatOfTheMoment(milliseconds: Int64, text: String) {
        #expect(CalendarDate(milliseconds: milliseconds).description == text)
    }
}
