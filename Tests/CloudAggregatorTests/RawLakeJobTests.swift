import Glibc
import ObjectStore
import RawStore
import Synchronization
import Testing

@testable import CloudAggregator

/// A lake that is made of raw batches alone has the files that the tables give.
@Suite struct RawLakeJobTests {
    private func run(
        _ site: RawSite, isPartial: Bool = false
    ) async throws -> (summary: RawLakeJob.Summary, complaints: [String: String]) {
        let complaints = Mutex<[String: String]>([:])
        let summary = try await RawLakeJob(site.configuration).run(isPartial: isPartial) { key, reason in
            complaints.withLock { $0[key] = reason }
        }
        return (summary, complaints.withLock { $0 })
    }

    @Test(arguments: [1, 70]) func theFilesAreThoseOfTheTables(batches: Int) async throws {
        let site = try await RawSite.make(batches: batches)
        let written = try LakeJob(site.configuration).run(isFull: true)
        #expect(unlink(site.configuration.state + "/warehouse.sqlite") == 0)
        let (summary, complaints) = try await run(site)
        #expect(summary.batches == batches && summary.events == Int64(batches) * 10 && complaints.isEmpty)
        #expect(summary.lake?.rows == written.rows && summary.lake?.written == 0)
    }

    @Test func whoWasForgottenIsLeftOut() async throws {
        let site = try await RawSite.make(batches: 3) { cloud, _ in
            _ = try ForgetJob(cloud.configuration).forget("guest", "1")
        }
        _ = try LakeJob(site.configuration).run(isFull: true)
        #expect(try await run(site).summary.lake?.written == 0)
    }

    @Test func aBatchThatCannotBeTakenLeavesTheLake() async throws {
        let site = try await RawSite.make(batches: 3)
        _ = try LakeJob(site.configuration).run(isFull: true)
        let manifest = try site.objects.get("lake/manifest.json")
        try site.damage(1)
        let incomplete = CloudError.incompleteRaw(reason: "1 are refused", kept: "the lake is left as it is")
        await #expect(throws: incomplete) { _ = try await run(site) }
        #expect(try site.objects.get("lake/manifest.json") == manifest)
        let (summary, complaints) = try await run(site, isPartial: true)
        #expect(summary.refused == 1 && summary.batches == 2 && Array(complaints.keys) == [site.key(1)])
        #expect(try site.objects.get("lake/manifest.json") != manifest)
    }

    @Test func whereBatchesWereRemovedTheLakeStaysUnlessToldOtherwise() async throws {
        let site = try await RawSite.make(batches: 2)
        let later = WallClock { 1_500_000_000_000 + 10 * 86_400_000 }
        _ = try ExpireJob(site.configuration).run(olderThan: .seconds(86_400), isTrial: false, clock: later)
        await #expect(throws: CloudError.self) { _ = try await run(site) }
        #expect(try await run(site, isPartial: true).summary.expiredBefore != nil)
    }

    @Test func ofBatchesThatShareAnIdentityTheFirstThatCanBeTakenCounts() async throws {
        var others: [String] = []
        let site = try await RawSite.make(batches: 2) { cloud, device in
            let objects = try DirectoryObjectStore(root: cloud.configuration.state)
            for day in 1...2 {
                let (file, manifest) = try device.batch([TestStream.event(900 + day)]) {
                    $0.sealedAtMilliseconds += Int64(day) * 86_400_000
                }
                try objects.put(file, key: RawKey.batch(manifest), .ifAbsent)
                others.append(RawKey.batch(manifest))
            }
        }
        let first = try await run(site, isPartial: true)
        #expect(first.summary.batches == 2 && first.complaints.keys.sorted() == others)
        try site.damage(0)
        let second = try await run(site, isPartial: true)
        #expect(second.summary.batches == 2 && second.summary.events == 11)
        #expect(second.complaints.keys.sorted() == [site.key(0), others[1]])
    }
}
