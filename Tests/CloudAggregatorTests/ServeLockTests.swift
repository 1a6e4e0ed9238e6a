import Testing

@testable import CloudAggregator

@Suite struct ServeLockTests {
    @Test func aSecondServerOnTheSameFolderIsRefusedUntilTheFirstIsGone() throws {
        let folder = try TemporaryFolder()
        var first: ServeLock? = try ServeLock(folder.path)
        #expect(throws: CloudError.alreadyServing(path: folder.path)) { try ServeLock(folder.path) }
        withExtendedLifetime(first) {}
        first = nil
        #expect(throws: Never.self) { try ServeLock(folder.path) }
    }
}
