import Cryptography
import FleetProtocol
import Foundation
import JSON
import Scoring
import Testing

@testable import EdgeCollector

@Suite struct ModelOfferTests {
    private static func offer(active: Int64 = 0, milliseconds: Int64 = 1000) -> ModelOffer {
        ModelOffer(
            stream: SpoolFixture.stream, active: active, releaseKey: TestCloud.key.publicKey,
            timestampKey: TestCloud.key.publicKey, milliseconds: milliseconds)
    }

    @Test func rightModelPassesAllChecks() throws {
        let published = try TestModel.published(version: 3)
        let offer = Self.offer(active: 2)
        let timestamp = try offer.timestamp(published.timestamp)
        let manifest = try offer.manifest(published.manifest, for: timestamp)
        #expect(try offer.artifact(published.artifact, for: manifest).version == 3)
    }

    @Test(arguments: [3, 4, 100] as [Int64])
    func olderOrEqualVersionIsNoNews(active: Int64) throws {
        let published = try TestModel.published(version: 3)
        #expect(throws: ModelRejection.notNewer(version: 3, active: active)) {
            try Self.offer(active: active).timestamp(published.timestamp)
        }
    }

    @Test func expiredOneIsRefusedByTrustedTime() throws {
        let published = try TestModel.published(version: 3, expires: 5000)
        let timestamp = try Self.offer(milliseconds: 4999).timestamp(published.timestamp)
        #expect(throws: ModelRejection.expired(version: 3)) {
            try Self.offer(milliseconds: 5000).timestamp(published.timestamp)
        }
        #expect(throws: ModelRejection.expired(version: 3)) {
            try Self.offer(milliseconds: 5000).manifest(published.manifest, for: timestamp)
        }
    }

    @Test func anotherStreamsModelIsRefused() throws {
        let published = try TestModel.published(version: 3, stream: "photos")
        #expect(throws: ModelRejection.self) { try Self.offer().timestamp(published.timestamp) }
    }

    @Test func manifestOfAnotherVersionIsRefused() throws {
        let timestamp = try Self.offer().timestamp(try TestModel.published(version: 3).timestamp)
        let other = try TestModel.published(version: 4)
        #expect(throws: ModelRejection.self) { try Self.offer().manifest(other.manifest, for: timestamp) }
    }

    @Test func foreignKeyIsRefused() throws {
        let published = try TestModel.published(version: 3)
        let stranger = try PrivateKey(seed: [UInt8](repeating: 9, count: 32)).publicKey
        let offer = ModelOffer(
            stream: SpoolFixture.stream, active: 0, releaseKey: stranger, timestampKey: stranger, milliseconds: 1)
        #expect(throws: ModelRejection.self) { try offer.timestamp(published.timestamp) }
        let timestamp = try Self.offer().timestamp(published.timestamp)
        #expect(throws: ModelRejection.self) { try offer.manifest(published.manifest, for: timestamp) }
    }

    @Test func everyTwistedByteOfTheFileIsRefused() throws {
        let published = try TestModel.published(version: 3)
        let offer = Self.offer()
        let manifest = try offer.manifest(published.manifest, for: offer.timestamp(published.timestamp))
        for index in stride(from: 0, to: published.artifact.count, by: 997) {
            var file = published.artifact
            file[index] ^= 1
            #expect(throws: ModelRejection.self) { try offer.artifact(file, for: manifest) }
        }
        #expect(throws: ModelRejection.self) { try offer.artifact(published.artifact.dropLast(), for: manifest) }
    }

    @Test func modelThatComesOutDifferentlyHereIsUnsuitable() throws {
        let published = try TestModel.published(version: 3, tampered: true)
        let offer = Self.offer()
        let manifest = try offer.manifest(published.manifest, for: offer.timestamp(published.timestamp))
        let rejection = try #require(throws: ModelRejection.self) {
            try offer.artifact(published.artifact, for: manifest)
        }
        guard case .unsuitable = rejection else {
            Issue.record("\(rejection)")
            return
        }
    }
}

@Suite struct ModelSlotsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func slots() throws -> ModelSlots {
        var slots = ModelSlots(stream: SpoolFixture.stream, state: folder.state)
        try slots.read()
        return slots
    }

    private func load(_ slots: inout ModelSlots) throws -> (version: Int64?, unfit: [Int64]) {
        var unfit: [Int64] = []
        let artifact = try slots.load(releaseKey: TestCloud.key.publicKey) { version, _ in unfit.append(version) }
        return (artifact?.version, unfit)
    }

    @Test func nothingIsActiveAtFirst() throws {
        var slots = try slots()
        #expect(slots.floor == 0)
        #expect(try load(&slots).version == nil)
    }

    @Test func modelsTakeTurnsInTwoSlots() throws {
        var slots = try slots()
        for version: Int64 in 1...3 {
            try slots.activate(try TestModel.published(version: version).artifact, version: version)
        }
        #expect(slots.active == .init(name: "a", version: 3) && slots.previous == .init(name: "b", version: 2))
        var reread = try self.slots()
        #expect(reread.active == slots.active && reread.floor == 3)
        #expect(try load(&reread).version == 3)
    }

    @Test func damagedFileFallsBackAndMayBeFetchedAgain() throws {
        var slots = try slots()
        for version: Int64 in 1...2 {
            try slots.activate(try TestModel.published(version: version).artifact, version: version)
        }
        try StateDirectory(path: folder.state.path(of: "models")).replace("rsvps.b.model", [1, 2, 3])
        var reread = try self.slots()
        let loaded = try load(&reread)
        #expect(loaded.version == 1 && loaded.unfit == [2])
        #expect(reread.floor == 1)
    }

    @Test func rejectedVersionRaisesTheFloorAndIsForgottenLast() throws {
        var slots = try slots()
        for version: Int64 in 1...20 { try slots.reject(version, "no") }
        let reread = try self.slots()
        #expect(reread.floor == 20)
        #expect(reread.rejected.count == ModelSlots.rejectedLimit && reread.rejected.first?.version == 5)
    }

    @Test func damagedDirectoryIsAnErrorToTheReader() throws {
        let models = StateDirectory(path: folder.state.path(of: "models"))
        try models.create()
        try models.replace("rsvps.json", Array("{".utf8))
        #expect(throws: EdgeError.self) { try slots() }
    }
}

@Suite struct ScorerTests {
    @Test func eventIsScoredBeforeItsLabelCounts() throws {
        let scorer = Scorer()
        let parser = try JSONParser()
        #expect(scorer.report == nil && scorer.version == 0)
        let artifact = try TestModel.artifact(version: 5)
        scorer.activate(artifact)
        var expected = ProgressiveLoss()
        let model = artifact.makeModel()
        for number in 0..<20 {
            var text = SpoolFixture.event(number)
            if number % 3 == 0 { text = text.replacingOccurrences(of: "yes", with: "no") }
            if number % 5 == 4 { text = text.replacingOccurrences(of: "yes", with: "waitlist") }
            try parser.parse(Array(text.utf8)) { event in
                scorer.score(event)
                let probability = model.predict(event)
                if let label = artifact.label.label(of: event) { expected.add(probability: probability, label: label) }
            }
        }
        let report = try #require(scorer.report)
        #expect(report.modelVersion == 5 && report.events == expected.events && report.events < 20)
        #expect(report.logLoss == expected.logLoss && report.brier == expected.brier)
        #expect(report.calibration.map(\.count).reduce(0, +) == expected.events)
        scorer.beginBatch()
        #expect(scorer.report?.events == 0)
    }
}

@Suite struct ModelFollowerTests {
    private static let timestamp = ModelTimestamp(
        stream: "rsvps", version: 2, manifestSHA256: [UInt8](repeating: 0, count: 32), createdMilliseconds: 1,
        expiresMilliseconds: 2)
    private static let manifest = ModelManifest(
        stream: "rsvps", version: 2, artifactSHA256: [UInt8](repeating: 0, count: 32), artifactBytes: 1,
        createdMilliseconds: 1, expiresMilliseconds: 2)
    private var random = SeededGenerator(seed: 2)

    @Test mutating func newsIsFollowedToTheFileAndThenThePollGoesOn() {
        var follower = ModelFollower(backoff: Backoff(first: .seconds(1), limit: .seconds(8)), at: .seconds(5))
        var isDue = follower.tick(at: .seconds(5))
        #expect(isDue)
        isDue = follower.tick(at: .seconds(50))
        #expect(!isDue && follower.deadline == nil)
        follower.received(Self.timestamp)
        #expect(follower.step == .manifest(Self.timestamp))
        follower.received(Self.manifest)
        #expect(follower.step == .artifact(Self.manifest))
        follower.decided(at: .seconds(60))
        isDue = follower.tick(at: .seconds(60))
        #expect(isDue)
    }

    @Test mutating func cloudThatDoesNotHoldTheQuestionIsNotPressed() {
        var follower = ModelFollower(backoff: Backoff(first: .seconds(1), limit: .seconds(8)), at: .zero)
        let isDue = follower.tick(at: .zero)
        #expect(isDue)
        follower.noNews(at: .milliseconds(1))
        #expect(follower.deadline == ModelFollower.pollInterval)
    }

    @Test mutating func onlyAMissingAnswerIsRetriedWhenTheLinkReturns() {
        var follower = ModelFollower(backoff: Backoff(first: .seconds(1000), limit: .seconds(1000)), at: .zero)
        let isDue = follower.tick(at: .zero)
        #expect(isDue)
        follower.failed(unreachable: false, at: .seconds(1), using: &random)
        follower.linkReturned(at: .milliseconds(1001))
        #expect(follower.deadline != .milliseconds(1001))
        follower.failed(unreachable: true, at: .seconds(2), using: &random)
        follower.linkReturned(at: .milliseconds(2001))
        #expect(follower.deadline == .milliseconds(2001))
    }
}
