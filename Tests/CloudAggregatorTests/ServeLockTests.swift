import Foundation
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

    /// A child that was forked and has not begun its program yet has copies of all descriptors.
    @Test func aCopyOfTheDescriptorDoesNotHoldTheLock() throws {
        let folder = try TemporaryFolder()
        var lock: ServeLock? = try ServeLock(folder.path)
        let held = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
            // Some are closed again meanwhile.
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return target == folder.path + "/serve.lock"
        }
        let copies = held.compactMap { Int32($0) }.map { dup($0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(throws: Never.self) { try ServeLock(folder.path) }
    }

    /// A refused lock once closed its descriptor twice: the second time it was somebody else's.
    @Test func aRefusalClosesNobodyElsesDescriptor() throws {
        let folder = try TemporaryFolder()
        let lock = try ServeLock(folder.path)
        defer { withExtendedLifetime(lock) {} }
        let refusals = Thread {
            for _ in 0..<20_000 { _ = try? ServeLock(folder.path) }
        }
        refusals.start()
        var stolen = 0
        while !refusals.isFinished {
            let descriptor = open("/dev/null", O_RDONLY)
            if close(descriptor) != 0 { stolen += 1 }
        }
        #expect(stolen == 0)
    }
}
