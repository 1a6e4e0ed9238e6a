import Cryptography
import FleetProtocol
import Testing

@testable import CloudAggregator

@Suite struct ModelBulletinTests {
    private let key: PrivateKey
    private let bulletin: ModelBulletin

    init() throws {
        key = try PrivateKey()
        bulletin = ModelBulletin(key: key)
    }

    private func model(_ version: Int64, stream: String = "visits") -> FleetModel {
        FleetModel(
            stream: stream, version: version, trainedMilliseconds: 0, publishedMilliseconds: 1, watermark: 0, events: 0,
            progressiveLogLoss: 0.4, baseRateLogLoss: 0.5, verdict: .publish, comparedWith: 0,
            manifest: [],
            manifestSHA256: [UInt8](repeating: UInt8(version), count: 32))
    }

    private func read(_ signed: [UInt8]?) throws -> ModelTimestamp? {
        try signed.map { try ModelTimestamp(signed: $0, key: key.publicKey) }
    }

    @Test func aNewerVersionIsAnsweredAtOnce() async throws {
        try await bulletin.update([model(3)], now: 1000)
        let timestamp = try read(await bulletin.timestamp(of: "visits", after: 2, wait: .zero))
        #expect(timestamp?.version == 3)
        #expect(timestamp?.manifestSHA256 == [UInt8](repeating: 3, count: 32))
        #expect((timestamp?.expiresMilliseconds ?? 0) > 1000)
    }

    @Test func theWaitEndsWithoutNews() async throws {
        try await bulletin.update([model(3)], now: 1000)
        #expect(await bulletin.timestamp(of: "visits", after: 3, wait: .milliseconds(20)) == nil)
        #expect(await bulletin.timestamp(of: "other", after: 0, wait: .zero) == nil)
    }

    @Test func aPublicationWakesWhoWaits() async throws {
        async let answer = bulletin.timestamp(of: "visits", after: 1, wait: .seconds(600))
        // A publication of another stream wakes nobody for good.
        try await bulletin.update([model(1, stream: "other")], now: 1000)
        try await bulletin.update([model(2)], now: 1000)
        #expect(try read(await answer)?.version == 2)
    }

    @Test func closingSendsEveryoneHome() async {
        async let answer = bulletin.timestamp(of: "visits", after: 0, wait: .seconds(600))
        await bulletin.close()
        #expect(await answer == nil)
        #expect(await bulletin.timestamp(of: "visits", after: 0, wait: .seconds(600)) == nil)
    }

    @Test func aVersionNeverGoesDownAndItsTimestampIsRenewedBeforeItExpires() async throws {
        try await bulletin.update([model(3)], now: 1000)
        try await bulletin.update([model(2)], now: 2000)
        let first = try #require(try read(await bulletin.timestamp(of: "visits", after: 0, wait: .zero)))
        #expect(first.version == 3)
        let later = first.expiresMilliseconds - 1
        try await bulletin.update([model(3)], now: later)
        let renewed = try #require(try read(await bulletin.timestamp(of: "visits", after: 0, wait: .zero)))
        #expect(renewed.createdMilliseconds == later)
        #expect(renewed.expiresMilliseconds > later)
    }
}
