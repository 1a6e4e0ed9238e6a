import Foundation
import Testing

@testable import CloudAggregator

@Suite struct ScratchFolderTests {
    /// A second command once emptied the first one's folder as it was refused.
    @Test func aSecondCommandIsRefusedAndTouchesNothing() throws {
        let parent = try TemporaryFolder()
        let path = parent.path + "/work"
        var first: ScratchFolder? = try ScratchFolder(path)
        try Data("half a backup".utf8).write(to: URL(filePath: path + "/0"))
        #expect(throws: CloudError.self) { try ScratchFolder(path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["0"])
        withExtendedLifetime(first) {}
        first = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
