import Cryptography
import ObjectStore
import Testing
import Warehouse

@testable import CloudAggregator

/// What is kept beside the raw batches of who is forgotten, and of what was removed.
@Suite struct ForgettingTests {
    private let key: PrivateKey
    private let folder: TemporaryFolder
    private let store: DirectoryObjectStore
    private let records: ForgottenRecords

    init() throws {
        key = try PrivateKey()
        folder = try TemporaryFolder()
        store = try DirectoryObjectStore(root: folder.path)
        records = try ForgottenRecords(store: store, key: key)
    }

    private func record(_ value: String, _ subject: String = "guest") -> ForgottenRecord {
        ForgottenRecord(
            subject: subject, digest: records.hasher.digest(of: value, subject), forgottenMilliseconds: 7)
    }

    @Test func recordsAreReadBackByTheHolderOfTheKey() throws {
        try records.keep(record("1"))
        try records.keep(record("1"))
        try records.keep(record("2"))
        try records.keep(record("1", "author"))
        let again = try ForgottenRecords(store: store, key: key)
        #expect(again.hasher.key == records.hasher.key)
        #expect(
            try again.all() == [
                "guest": [record("1").digest, record("2").digest], "author": [record("1", "author").digest],
            ])
    }

    @Test func aRecordThatAnotherKeySignedStopsTheWork() throws {
        try store.put(record("1").signed(by: PrivateKey()), key: record("1").key, .replace)
        #expect(throws: CloudError.self) { try records.all() }
    }

    @Test func theDayOfExpiryOnlyMovesOn() throws {
        let mark = ExpiryMark(store: store, key: key)
        #expect(try mark.day() == nil)
        try mark.raise(to: "2017-03-19")
        try mark.raise(to: "2015-03-08")
        #expect(try mark.day() == "2017-03-19")
        #expect(throws: CloudError.self) { try ExpiryMark(store: store, key: PrivateKey()).day() }
    }

    /// Beside a running server, whose next merges leave the guest out.
    @Test func aGuestIsForgottenAndStaysSo() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let lines = (1...9).map { TestStream.event($0) }
            #expect(try await device.upload(device.batch(lines).file).status == 200)
            let job = try ForgetJob(cloud.configuration)
            #expect(throws: CloudError.noSuchSubject("owner", known: ["guest"])) { try job.forget("owner", "1") }
            #expect(throws: CloudError.self) { try job.forget("guest", "one") }
            // Guest 1 made the visits 1, 4 and 7: each is in two tables, the guest in one.
            #expect(try job.forget("guest", "01").rows == 7)
            #expect(try job.forget("guest", "1").rows == 0)
            let (second, _) = try device.batch((1...12).map { TestStream.event($0) }, sequence: 2)
            #expect(try await device.upload(second, sequence: 2).status == 200)
            let visits = try TableJob(cloud.configuration).canonicalText(of: "visits")
            let expected = [2, 3, 5, 6, 8, 9, 11, 12].map { "[\($0),\($0 % 3),\"yes\",\(1_500_000_000_000 + $0)]\n" }
            #expect(
                Set(String(decoding: visits, as: UTF8.self).split(separator: "\n"))
                    == Set(expected.map { $0.dropLast() }))
        }
    }

    @Test func onlyMergedBatchesOfOldDaysExpire() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            #expect(try await device.upload(device.batch([TestStream.event(1)]).file).status == 200)
            let job = try ExpireJob(cloud.configuration)
            let later = WallClock { 4_000_000_000_000 }
            #expect(try job.run(olderThan: .seconds(86_400 * 100_000), isTrial: false, clock: later).batches == 0)
            #expect(try job.run(olderThan: .seconds(86_400), isTrial: true, clock: later).batches == 1)
            #expect(try job.run(olderThan: .seconds(86_400), isTrial: false, clock: later).batches == 1)
            let again = try job.run(olderThan: .seconds(86_400), isTrial: false, clock: later)
            #expect(again.batches == 0 && again.unmerged == 0)
            #expect(again.before == "2096-10-01")
            #expect(try TableJob(cloud.configuration).counts(format: .csv).contains("visits,1,visits"))
        }
    }

    @Test func aForgottenDeviceLeavesItsKeyAndNothingElse() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            #expect(try await device.upload(device.batch([TestStream.event(1)]).file).status == 200)
            let job = try DeviceJob(cloud.configuration)
            #expect(try job.forget(device.identifier).identifier == device.identifier)
            #expect(try job.list(format: .csv).contains("\(device.identifier),,revoked,"))
            #expect(try await device.upload(device.batch([TestStream.event(2)]).file).status == 403)
            #expect(try TableJob(cloud.configuration).counts(format: .csv).contains("visits,1,visits"))
        }
    }
}
