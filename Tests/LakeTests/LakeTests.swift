import Cryptography
import ObjectStore
import StreamDefinition
import Testing
import Warehouse

@testable import Lake

/// What is in the files is tested with pyarrow and DuckDB, in Tests/EndToEnd/lake_test.py.
@Suite struct LakeTests {
    private static let prefix = "lake/"
    private let layout = LakeLayout(prefix: prefix)

    @discardableResult
    private func renew(
        _ site: TestSite, _ store: any ObjectStore, isFull: Bool = false, grace: Int64 = 0, now: Int64 = 0
    ) throws -> LakeSummary {
        try Lake(in: store, prefix: Self.prefix, fleet: "f", graceMilliseconds: grace, scratch: site.scratch)
            .renew(from: site.warehouse, isFull: isFull, now: now)
    }

    private func manifest(_ store: any ObjectStore) throws -> LakeManifest {
        try LakeManifest(json: store.get(layout.manifestKey), place: store.place)
    }

    /// What the files hold, whatever they are called.
    private func contents(_ store: any ObjectStore) throws -> [[String]] {
        try manifest(store).tables.flatMap { table in
            table.files.map { [table.name, $0.partition ?? "", String($0.rows), $0.sha256] }
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func paths(_ store: any ObjectStore) throws -> Set<String> {
        var paths: Set<String> = []
        try store.list(prefix: Self.prefix, after: nil) { info in
            if info.key != layout.manifestKey { paths.insert(String(info.key.dropFirst(Self.prefix.count))) }
            return true
        }
        return paths
    }

    /// Fails where a file that the manifest names is not what it must be.
    private func expectWhole(_ store: any ObjectStore, _ comment: Comment) throws {
        for file in try manifest(store).tables.flatMap(\.files) {
            let bytes = try store.get(layout.key(of: file.path))
            #expect(Int64(bytes.count) == file.byteCount, comment)
            #expect(Hexadecimal.encode(SHA256.digest(bytes)) == file.sha256, comment)
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>, TimeUnit.allCases)
    func stepByStepGivesWhatIsGivenAtOnce(seed: UInt64, unit: TimeUnit) throws {
        let site = try TestSite(unit)
        let store = try site.store()
        var random = SeededGenerator(seed: seed)
        try site.merge([.min, .max].map { TestStream.message(unit, at: $0, &random) })
        for step in 0..<8 {
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                try site.merge(
                    (0..<Int.random(in: 1...4, using: &random)).map { _ in TestStream.message(unit, &random) })
            }
            let before = try paths(store)
            let summary = try renew(site, store)
            let fresh = try site.store("fresh-\(step)")
            try renew(site, fresh)
            #expect(try contents(store) == contents(fresh), "seed \(seed), step \(step)")
            #expect(try paths(store) == manifest(store).paths, "seed \(seed), step \(step)")
            #expect(try summary.written == paths(store).subtracting(before).count)
            let full = try renew(site, store, isFull: true)
            #expect((full.written, full.removed) == (0, 0), "seed \(seed), step \(step)")
        }
        let partitions = Set(try manifest(store).tables.flatMap(\.files).compactMap(\.partition))
        #expect(partitions.contains("2015-03-07") && partitions.contains("__HIVE_DEFAULT_PARTITION__"))
    }

    @Test func daysThatHaveNotChangedAreLeftAlone() throws {
        let site = try TestSite()
        let store = try site.store()
        func order(_ number: Int, _ day: Int64) -> [UInt8] {
            Array(#"{"order":\#(number),"at":\#(day * 86_400 + 7),"kept":"y","colour":"red","shop":{"number":1}}"#.utf8)
        }
        try site.merge([order(1, 16_500), order(2, 16_501), order(3, 16_502)])
        #expect(try renew(site, store).written == 8)
        try site.merge([order(4, 16_501)])
        let summary = try renew(site, store)
        #expect(summary.written == 2 && summary.removed == 2)
        try site.merge([order(4, 16_501)])
        #expect(try renew(site, store).written == 0)
        #expect(try manifest(store).mark.watermark == 3)
        // The order moves to a day of its own, and its old one has it no more.
        try site.merge([order(3, 16_503)])
        #expect(try renew(site, store).written == 2)
        let orders = try #require(manifest(store).tables.first { $0.name == "orders" })
        #expect(orders.files.map(\.partition) == ["2015-03-06", "2015-03-07", "2015-03-09"])
        #expect(orders.rows == 4)
    }

    @Test func aRunThatFailsAnywhereLeavesAWholeStateAndNoLeftovers() throws {
        let site = try TestSite()
        let store = try site.store()
        var random = SeededGenerator(seed: 5)
        func merge() throws { try site.merge((0..<3).map { _ in TestStream.message(.second, &random) }) }
        try merge()
        try renew(site, store)
        var failures = 0
        for calls in stride(from: 0, to: 40, by: 2) {
            try merge()
            let before = try contents(store)
            do {
                try renew(site, FaultyStore(store, calls: calls), isFull: calls % 4 == 0)
            } catch let error as ObjectStoreError {
                #expect(error == .full(path: "made to fail"))
                failures += 1
                let fresh = try site.store("fresh-\(calls)")
                try renew(site, fresh)
                let now = try contents(store)
                #expect(try now == before || now == contents(fresh), "after \(calls) calls")
            }
            try expectWhole(store, "after \(calls) calls")
        }
        #expect(failures > 5)
        try renew(site, store)
        #expect(try paths(store) == manifest(store).paths)
        let fresh = try site.store("fresh")
        try renew(site, fresh)
        #expect(try contents(store) == contents(fresh))
    }

    @Test func supersededFilesStayForTheirGrace() throws {
        let site = try TestSite()
        let store = try site.store()
        try site.merge([Array(#"{"order":1,"at":1,"kept":"y","colour":"a","shop":{"number":1}}"#.utf8)])
        try renew(site, store, grace: 1000, now: 10_000)
        let old = try paths(store)
        try site.merge([Array(#"{"order":1,"at":2,"kept":"n","colour":"a","shop":{"number":2}}"#.utf8)])
        #expect(try renew(site, store, grace: 1000, now: 20_000).removed == 0)
        #expect(try manifest(store).superseded.map(\.sinceMilliseconds) == [20_000, 20_000, 20_000])
        #expect(try paths(store).isSuperset(of: old))
        #expect(try renew(site, store, grace: 1000, now: 20_999).removed == 0)
        #expect(try renew(site, store, grace: 1000, now: 21_000).removed == 3)
        #expect(try manifest(store).superseded == [])
        #expect(try paths(store) == manifest(store).paths)
    }

    @Test(arguments: [false, true])
    func aFileThatIsGoneOrCutShortComesBack(isGone: Bool) throws {
        let site = try TestSite()
        let store = try site.store()
        var random = SeededGenerator(seed: 7)
        try site.merge((0..<20).map { _ in TestStream.message(.second, &random) })
        try renew(site, store)
        let before = try contents(store)
        for table in try manifest(store).tables {
            let key = layout.key(of: try #require(table.files.last).path)
            if isGone { try store.delete(key) } else { try store.put([1, 2], key: key, .replace) }
            let summary = try renew(site, store)
            #expect(summary.written == table.files.count && summary.removed >= table.files.count - 1)
            #expect(try contents(store) == before)
            try expectWhole(store, "after a file of \(table.name) was lost")
        }
    }

    @Test func aWarehouseThatWentAnotherWayIsWrittenAnew() throws {
        let (site, other) = (try TestSite(), try TestSite())
        let store = try site.store()
        func order(_ number: Int, _ colour: String) -> [UInt8] {
            Array(#"{"order":\#(number),"at":1,"kept":"y","colour":"\#(colour)","shop":{"number":1}}"#.utf8)
        }
        for number in 1...3 { try site.merge([order(number, "red")]) }
        try renew(site, store)
        // As many commits, and more, of other things; the ledger tells by the number of batches merged together.
        try other.merge([order(1, "blue")])
        try renew(other, store)
        let fresh = try site.store("fresh")
        try renew(other, fresh)
        #expect(try contents(store) == contents(fresh))
    }

    @Test func anotherFleetsLakeIsLeftAlone() throws {
        let site = try TestSite()
        let store = try site.store()
        try renew(site, store)
        let other = Lake(in: store, prefix: Self.prefix, fleet: "g", graceMilliseconds: 0, scratch: site.scratch)
        #expect(throws: LakeError.otherFleet(place: store.place, fleet: "f")) {
            try other.renew(from: site.warehouse, isFull: true, now: 0)
        }
    }

    @Test func whatIsNotTheLakesStays() throws {
        let site = try TestSite()
        let store = try site.store()
        let mine = ["lake/notes.txt", "lake/shops/mine.parquet", "lake/part-x-1.parquet", "other/part-1.parquet"]
        for key in mine { try store.put([1], key: key, .replace) }
        try store.put([1], key: "lake/shops/part-0123456789abcdef-1.parquet", .replace)
        try renew(site, store)
        #expect(try renew(site, store, isFull: true).removed == 0)
        for key in mine { #expect(try store.get(key) == [1]) }
        #expect(throws: ObjectStoreError.self) { try store.get("lake/shops/part-0123456789abcdef-1.parquet") }
    }
}
