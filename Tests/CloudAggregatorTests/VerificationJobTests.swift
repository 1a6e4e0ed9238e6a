import BatchFormat
import Cryptography
import ObjectStore
import RawStore
import Testing

@testable import CloudAggregator

@Suite struct VerificationJobTests {
    private func verify(
        _ site: RawSite, isMoving: Bool = false, clock: WallClock = .system
    ) async throws -> (summary: VerificationJob.Summary, complaints: [String: String]) {
        var complaints: [String: String] = [:]
        let summary = try await VerificationJob(site.configuration).run(isMoving: isMoving, clock: clock) {
            key, reason in
            complaints[key, default: ""] += reason
        }
        return (summary, complaints)
    }

    @Test func whatIsAsItMustBeIsGood() async throws {
        let site = try await RawSite.make(batches: 5)
        let (summary, complaints) = try await verify(site)
        #expect(summary.isGood && summary.batches == 5 && summary.events == 50 && summary.outstanding == 0)
        #expect(complaints.isEmpty)
    }

    @Test func aDamagedBatchIsNamedAndMovedOnlyWhenAsked() async throws {
        let site = try await RawSite.make(batches: 3)
        try site.damage(1)
        let (summary, complaints) = try await verify(site)
        #expect(summary.flawed == 1 && summary.moved == 0 && !summary.isGood && summary.missing == 0)
        #expect(Array(complaints.keys) == [site.key(1)])
        #expect(try await verify(site, isMoving: true).summary.moved == 1)
        var aside: [String] = []
        try site.objects.list(prefix: RawKey.quarantineFolder, after: nil) {
            aside.append($0.key)
            return true
        }
        #expect(aside == [RawKey.quarantined(site.manifests[1].identity, site.manifests[1].sha256)])
        let after = try await verify(site).summary
        #expect(after.flawed == 0 && after.missing == 1 && !after.isGood)
    }

    @Test func aBatchThatTheLedgerLacksIsNamed() async throws {
        let site = try await RawSite.make(batches: 1) { cloud, device in
            let (file, manifest) = try device.batch([TestStream.event(1)], sequence: 3)
            try DirectoryObjectStore(root: cloud.configuration.state).put(file, key: RawKey.batch(manifest), .replace)
        }
        // One that came just now may be on its way.
        let now = try await verify(site)
        #expect(now.summary.underway == 1 && now.summary.isGood && now.complaints.isEmpty)
        let later = WallClock { WallClock.system.milliseconds + 61_000 }
        let (summary, complaints) = try await verify(site, clock: later)
        #expect(summary.unmerged == 1 && summary.flawed == 0 && !summary.isGood)
        #expect(complaints.values.first == "it is not merged")
    }

    @Test func anotherBatchInThePlaceOfTheMergedOneIsNamed() async throws {
        let site = try await RawSite.make(batches: 2) { cloud, device in
            let (file, manifest) = try device.batch([TestStream.event(7)], sequence: 2)
            try DirectoryObjectStore(root: cloud.configuration.state).put(file, key: RawKey.batch(manifest), .replace)
        }
        let (summary, complaints) = try await verify(site)
        #expect(summary.flawed == 1)
        #expect(complaints[site.key(1)]?.contains("another batch of this identity was merged") == true)
    }

    @Test func aBatchUnderAnotherDeviceOrDayIsNamed() async throws {
        let site = try await RawSite.make(batches: 1)
        let file = try site.objects.get(site.key(0))
        let copy = site.key(0).replacing("dt=2017-07-14", with: "dt=2017-07-15")
        try site.objects.put(file, key: copy, .replace)
        let (summary, complaints) = try await verify(site)
        #expect(summary.flawed == 1)
        #expect(complaints[copy]?.contains("it belongs under") == true)
    }

    @Test func aBatchOfADeviceThatNobodyKnowsIsFlawed() async throws {
        let site = try await RawSite.make(batches: 1) { cloud, _ in
            let stranger = TestDevice(key: try PrivateKey(), cloud: cloud)
            let (file, manifest) = try stranger.batch([TestStream.event(1)])
            try DirectoryObjectStore(root: cloud.configuration.state).put(file, key: RawKey.batch(manifest), .replace)
        }
        let (summary, complaints) = try await verify(site)
        #expect(summary.flawed == 1)
        #expect(complaints.values.first == "neither the fleet nor a record knows the device")
    }

    @Test func aBrokenChainAndAHoleAreTold() async throws {
        let site = try await RawSite.make(batches: 2) { cloud, device in
            for (sequence, previous) in [(4, SHA256.digest([1])), (5, SHA256.digest([2]))] {
                let (file, _) = try device.batch(
                    [TestStream.event(sequence)], sequence: Int64(sequence), previous: previous)
                #expect(try await device.upload(file, sequence: Int64(sequence)).status == 200)
            }
        }
        let (summary, complaints) = try await verify(site)
        #expect(summary.outstanding == 1 && summary.broken == 1)
        #expect(complaints.count == 1 && complaints.values.first == "it does not follow the batch before it")
    }

    @Test func whatWasLetExpireIsNotMissing() async throws {
        let site = try await RawSite.make(batches: 2)
        let later = WallClock { 1_500_000_000_000 + 10 * 86_400_000 }
        #expect(
            try ExpireJob(site.configuration).run(olderThan: .seconds(86_400), isTrial: false, clock: later).batches
                == 2)
        let (summary, complaints) = try await verify(site)
        #expect(summary.isGood && summary.expired == 2 && complaints.isEmpty)
    }
}
