import Foundation
import ObjectStore
import Synchronization
import Testing

/// What every store must do.
@Suite struct ObjectStoreConformanceTests {
    /// Keys that an address, XML, or a file name may get wrong.
    static let nastyKeys = [
        "a b/c+d", "a/b&c<d>e", "a/'quoted'\"twice\"", "a/100%/%2F%41", "a/é/\u{65}\u{301}/ß/漢字/😀", "a/x?y=z#f",
        "a/dt=2015-03-08/d:1/1.batch", "a/~tilde-._!*()", "a/...", "a/ trailing ", "a;b,c@d$e", "a\\b/[c]{d}|^`",
    ]

    private func keys(
        _ store: any ObjectStore, prefix: String = "", after: String? = nil, limit: Int = .max
    ) throws -> [String] {
        var keys: [String] = []
        try store.list(prefix: prefix, after: after) { info in
            keys.append(info.key)
            return keys.count < limit
        }
        return keys
    }

    @Test(arguments: StoreKind.allCases, [0, 1, 100_000, (8 << 20) + 1])
    func whatWasPutIsReadBack(kind: StoreKind, count: Int) throws {
        try kind.withStore { store throws in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            #expect(try store.put(bytes, key: "a/b/c", .replace) == .stored)
            #expect(try store.get("a/b/c") == bytes)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aSecondPutReplacesTheFirst(kind: StoreKind) throws {
        try kind.withStore { store throws in
            try store.put([1], key: "a/b", .replace)
            #expect(try store.put([2, 3], key: "a/b", .replace) == .stored)
            #expect(try store.get("a/b") == [2, 3])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aPutIfAbsentLeavesWhatIsThere(kind: StoreKind) throws {
        try kind.withStore { store throws in
            #expect(try store.put([1], key: "a/b", .ifAbsent) == .stored)
            #expect(try store.put([2], key: "a/b", .ifAbsent) == .exists)
            #expect(try store.get("a/b") == [1])
            try store.delete("a/b")
            #expect(try store.put([2], key: "a/b", .ifAbsent) == .stored)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func ofManyThatPutIfAbsentOneSucceeds(kind: StoreKind) throws {
        try kind.withStore { store throws in
            let stored = Mutex<[UInt8]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { index in
                do {
                    let outcome = try store.put([UInt8(index)], key: "a/b", .ifAbsent)
                    if outcome == .stored { stored.withLock { $0.append(UInt8(index)) } }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(try [store.get("a/b")] == stored.withLock { $0.map { [$0] } })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aMissingKeyIsAnErrorThatNamesIt(kind: StoreKind) throws {
        try kind.withStore { store throws in
            try store.put([1], key: "a/b", .replace)
            // A get that fails removes its file, whatever that was.
            let file = FileManager.default.temporaryDirectory.appending(path: "missing-\(UUID().uuidString)").path()
            for key in ["none", "a/none", "a/b/none"] {
                #expect(throws: ObjectStoreError.notFound(key: key)) { try store.get(key) }
                #expect(throws: ObjectStoreError.notFound(key: key)) { try store.get(key, to: file) }
                #expect(!FileManager.default.fileExists(atPath: file))
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aDeletedObjectIsGoneAndDeletingAgainIsNoError(kind: StoreKind) throws {
        try kind.withStore { store throws in
            try store.put([1], key: "a/b/c", .replace)
            try store.put([1], key: "a/d", .replace)
            try store.delete("a/b/c")
            try store.delete("a/b/c")
            try store.delete("none")
            #expect(throws: ObjectStoreError.notFound(key: "a/b/c")) { try store.get("a/b/c") }
            #expect(try keys(store) == ["a/d"])
            try store.put([2], key: "a/b/c", .replace)
            #expect(try store.get("a/b/c") == [2])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aListingIsInTheOrderOfTheKeysBytes(kind: StoreKind) throws {
        try kind.withStore { store throws in
            let all = ["a/b", "a.b", "a/b.c", "a/b-", "a/b!/c", "a0", "b/a/1", "b/a/10", "b/a/2", "ab", "é", "z"]
            for key in all { try store.put(Array(key.utf8), key: key, .replace) }
            let ordered = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(try keys(store) == ordered)
            for prefix in ["a", "a/", "a/b", "b/a/1", "c", "é"] {
                #expect(try keys(store, prefix: prefix) == ordered.filter { $0.hasPrefix(prefix) })
            }
            for after in ["", "a", "a/b", "a/b!", "a/b!/c", "b/a/10", "b/b", "zz"] {
                let behind = ordered.filter { after.utf8.lexicographicallyPrecedes($0.utf8) }
                #expect(try keys(store, after: after) == behind)
                #expect(try keys(store, prefix: "b/", after: after) == behind.filter { $0.hasPrefix("b/") })
            }
            #expect(try keys(store, limit: 2) == Array(ordered[..<2]))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aListingKnowsLengthAndTime(kind: StoreKind) throws {
        try kind.withStore { store throws in
            let before = Date().timeIntervalSince1970
            try store.put([UInt8](repeating: 1, count: 1234), key: "a/b", .replace)
            try store.list(prefix: "a/", after: nil) { info in
                #expect(info.byteCount == 1234)
                // Stores may cut the time to seconds.
                #expect(abs(Double(info.modifiedMilliseconds) / 1000 - before) < 60)
                return true
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aListingOfMoreThanAPageIsWhole(kind: StoreKind) throws {
        try kind.withStore { store throws in
            let all = (0..<kind.manyObjects).map { "raw/s/\(1000 + $0)" }
            DispatchQueue.concurrentPerform(iterations: 4) { lane in
                do {
                    for index in stride(from: lane, to: all.count, by: 4) {
                        try store.put([1], key: all[index], .replace)
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(try keys(store, prefix: "raw/") == all)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func keysOfAllCharactersAreKept(kind: StoreKind) throws {
        try kind.withStore { store throws in
            for key in Self.nastyKeys { try store.put(Array(key.utf8), key: key, .replace) }
            for key in Self.nastyKeys { #expect(try store.get(key) == Array(key.utf8), "\(key)") }
            let ordered = Self.nastyKeys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let listed = try keys(store)
            #expect(listed.map { Array($0.utf8) } == ordered.map { Array($0.utf8) })
            for key in Self.nastyKeys { try store.delete(key) }
            #expect(try keys(store) == [])
        }
    }

    @Test(
        arguments: StoreKind.allCases,
        [
            "", "/a", "a/", "a//b", "a/../b", "..", "./a", "raw/.tmp/x", "a\u{0}b", "a\nb", "a\u{7F}",
            String(repeating: "a", count: 256), String(repeating: "a/", count: 512) + "a",
        ])
    func whatIsNoKeyIsRefused(kind: StoreKind, key: String) throws {
        try kind.withStore { store throws in
            func isRefused(_ error: any Error) -> Bool {
                if case ObjectStoreError.invalidKey(key, _) = error { true } else { false }
            }
            #expect(performing: { try store.put([1], key: key, .replace) }, throws: isRefused)
            #expect(performing: { try store.put(file: "/dev/null", key: key) }, throws: isRefused)
            #expect(performing: { try store.get(key) }, throws: isRefused)
            #expect(performing: { try store.delete(key) }, throws: isRefused)
        }
    }

    @Test(arguments: StoreKind.allCases, [0, 5, (8 << 20) + 1, (17 << 20) + 3])
    func aFileGoesThereAndBack(kind: StoreKind, count: Int) throws {
        try kind.withStore { store throws in
            let folder = FileManager.default.temporaryDirectory
            let (source, target) = (
                folder.appending(path: UUID().uuidString), folder.appending(path: UUID().uuidString)
            )
            defer { for file in [source, target] { try? FileManager.default.removeItem(at: file) } }
            let content = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            try content.write(to: source)
            try Data("longer than nothing".utf8).write(to: target)
            try store.put([1], key: "backup/1", .replace)
            try store.put(file: source.path(), key: "backup/1")
            try store.get("backup/1", to: target.path())
            #expect(try Data(contentsOf: target) == content)
            #expect(try keys(store) == ["backup/1"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aFileThatIsNotThereIsAnErrorAndPutsNothing(kind: StoreKind) throws {
        try kind.withStore { store throws in
            #expect(throws: ObjectStoreError.self) { try store.put(file: "/none", key: "a") }
            #expect(try keys(store) == [])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func manyThreadsAtOnceLoseNothing(kind: StoreKind) throws {
        try kind.withStore { store throws in
            DispatchQueue.concurrentPerform(iterations: 16) { lane in
                do {
                    for round in 0..<8 {
                        let key = "a/\(lane % 4)/\(lane)"
                        try store.put([UInt8(lane), UInt8(round)], key: key, .replace)
                        #expect(try store.get(key) == [UInt8(lane), UInt8(round)])
                        if round < 7 { try store.delete(key) }
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(try keys(store).count == 16)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func aSweepLeavesWhatIsKept(kind: StoreKind) throws {
        try kind.withStore { store throws in
            try store.put([1], key: "raw/a", .replace)
            #expect(try store.sweep() == 0)
            #expect(try keys(store) == ["raw/a"])
        }
    }
}
