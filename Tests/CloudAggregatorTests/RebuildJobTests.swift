import Cryptography
import Glibc
import ObjectStore
import SQLite
import Testing

@testable import CloudAggregator

/// Tables that are made from raw batches alone equal those that were merged as the batches came.
@Suite struct RebuildJobTests {
    private func rebuild(
        _ site: RawSite, objects: (any ObjectStore)? = nil, isPartial: Bool = false, isStartingAnew: Bool = false
    ) async throws -> (summary: RebuildJob.Summary, complaints: [String: String]) {
        var complaints: [String: String] = [:]
        let job = try RebuildJob(site.configuration, objects: objects ?? site.objects)
        let summary = try await job.run(isPartial: isPartial, isStartingAnew: isStartingAnew) { complaints[$0] = $1 }
        return (summary, complaints)
    }

    @Test(arguments: [1, 70])
    func lostTablesComeBackAsTheyWere(batches: Int) async throws {
        let site = try await RawSite.make(batches: batches)
        let digests = try site.digests()
        let warehouse = site.configuration.state + "/warehouse.sqlite"
        #expect(unlink(warehouse) == 0)
        let (summary, complaints) = try await rebuild(site)
        #expect(summary.batches == batches && summary.events == Int64(batches) * 10)
        #expect(complaints.isEmpty)
        #expect(try site.digests() == digests)
        #expect(access(warehouse + ".rebuild", F_OK) != 0)
    }

    @Test func withoutTheFleetsDatabaseTheKeysComeFromTheRecords() async throws {
        let site = try await RawSite.make(batches: 3)
        let digests = try site.digests()
        for name in ["warehouse", "fleet"] { #expect(unlink("\(site.configuration.state)/\(name).sqlite") == 0) }
        _ = try await rebuild(site)
        #expect(try site.digests() == digests)
        #expect(access(site.configuration.state + "/fleet.sqlite", F_OK) != 0, "an empty one would keep devices off")
    }

    @Test func damagedTablesAreReplaced() async throws {
        let site = try await RawSite.make(batches: 3)
        let digests = try site.digests()
        let rubbish = [UInt8](repeating: 0x5A, count: 100_000)
        try site.objects.put(rubbish, key: "warehouse.sqlite", .replace)
        _ = try await rebuild(site)
        #expect(try site.digests() == digests)
    }

    @Test func whoWasForgottenStaysForgotten() async throws {
        let site = try await RawSite.make(batches: 3) { cloud, _ in
            _ = try ForgetJob(cloud.configuration).forget("guest", "1")
        }
        let digests = try site.digests()
        _ = try await rebuild(site)
        #expect(try site.digests() == digests)
        let guests = try SQLiteDatabase(path: site.configuration.state + "/warehouse.sqlite", access: .readOnly)
            .prepare("SELECT guest_id FROM guests ORDER BY 1").rows()
        #expect(guests == [[0], [2]])
    }

    @Test func aRunThatWasCutOffIsGoneOnWith() async throws {
        let site = try await RawSite.make(batches: 150)
        let digests = try site.digests()
        let failing = try CountingStore(site.objects, unreadable: site.listedKeys[140])
        await #expect(throws: ObjectStoreError.self) { _ = try await rebuild(site, objects: failing) }
        #expect(try site.digests() == digests, "the old tables are still there")
        let second = try CountingStore(site.objects)
        let (summary, _) = try await rebuild(site, objects: second)
        // Two chunks of 64 were committed, and no other.
        #expect(summary.known == 128 && summary.batches == 150 - 128)
        #expect(second.batches.count == 150 - 128)
        #expect(try site.digests() == digests)
        let third = try CountingStore(site.objects)
        #expect(try await rebuild(site, objects: third).summary.batches == 150)
    }

    @Test func whatAnEarlierRunHasLeftCanBePassedOver() async throws {
        let site = try await RawSite.make(batches: 70)
        let failing = try CountingStore(site.objects, unreadable: site.listedKeys[69])
        await #expect(throws: ObjectStoreError.self) { _ = try await rebuild(site, objects: failing) }
        #expect(try await rebuild(site, isStartingAnew: true).summary.known == 0)
    }

    @Test func aBatchThatCannotBeTakenLeavesTheOldTables() async throws {
        let site = try await RawSite.make(batches: 3)
        let digests = try site.digests()
        try site.damage(1)
        let incomplete = CloudError.incompleteRaw(reason: "1 are refused", kept: "the tables are left as they are")
        await #expect(throws: incomplete) { _ = try await rebuild(site) }
        #expect(try site.digests() == digests)
        let (summary, complaints) = try await rebuild(site, isPartial: true)
        #expect(summary.refused == 1)
        #expect(Array(complaints.keys) == [site.key(1)])
        #expect(try TableJob(site.configuration).canonicalText(of: "visits").count { $0 == 10 } == 20)
    }

    @Test func whereBatchesWereRemovedTheOldTablesStayUnlessToldOtherwise() async throws {
        let site = try await RawSite.make(batches: 2)
        let later = WallClock { 1_500_000_000_000 + 10 * 86_400_000 }
        #expect(
            try ExpireJob(site.configuration).run(olderThan: .seconds(86_400), isTrial: false, clock: later).batches
                == 2)
        await #expect(throws: CloudError.self) { _ = try await rebuild(site) }
        #expect(try await rebuild(site, isPartial: true).summary.expiredBefore != nil)
    }

    @Test func noServerMayRun() async throws {
        try await TestCloud.run { cloud in
            await #expect(throws: CloudError.alreadyServing(path: cloud.configuration.state)) {
                _ = try await RebuildJob(cloud.configuration).run { _, _ in }
            }
        }
    }
}
