import Cryptography
import FleetProtocol
import JSON
import ObjectStore
import Scoring
import StreamDefinition
import Testing
import Warehouse

@testable import CloudAggregator

@Suite struct ModelJobTests {
    private let folder: TemporaryFolder
    private let configuration: CloudConfiguration

    init() throws {
        folder = try TemporaryFolder()
        configuration = try TestCloud.makeConfiguration(in: folder)
    }

    /// Merges visits whose answer follows from the guest, but for every tenth.
    private func merge(_ visits: Range<Int>, sequence: Int64) throws {
        _ = try StateFolder(configuration.state)
        let plan = try configuration.learningPlan(named: nil)
        let warehouse = try configuration.warehouse.open([plan], access: .readWrite)
        let parser = try JSONParser()
        var builder = DeltaBuilder(plan: plan)
        for visit in visits {
            let isLikely = visit % 3 == 0
            let answer = (visit % 10 == 0) == isLikely ? "no" : "yes"
            try parser.parse(Array(TestStream.event(visit, answer: answer).utf8)) { try builder.add($0) }
        }
        let entry = LedgerEntry(
            device: "a", epoch: 1, sequence: sequence, stream: plan.name, manifestSHA256: [1], manifest: [],
            events: Int64(visits.count), malformed: 0, receivedMilliseconds: 1, rawKey: "")
        _ = try warehouse.merge([BatchContribution(entry: entry, delta: builder.finish())])
    }

    @Test func aModelIsTrainedPublishedAndOnlyReplacedByABetterOne() throws {
        try merge(0..<600, sequence: 1)
        let report = try TrainJob(configuration, stream: nil).run(clock: WallClock { 5000 })
        #expect(report.contains("log loss, progressive"))
        #expect(report.contains("candidate                 version 1"))

        let job = try ModelJob(configuration)
        let published = try job.publish(stream: nil, version: nil, isForced: false, clock: WallClock { 9000 })
        #expect(published.version == 1)
        #expect(published.progressiveLogLoss < published.baseRateLogLoss)
        let release = try KeyRing(configuration).release
        let manifest = try ModelManifest(signed: published.manifest, key: release.publicKey)
        let file = try DirectoryObjectStore(root: configuration.state).get("models/visits/1.model")
        #expect(manifest.artifactSHA256 == SHA256.digest(file))
        #expect(manifest.createdMilliseconds == 9000)
        #expect(manifest.expiresMilliseconds > 9000)
        let artifact = try ModelArtifact.open(file, key: release.publicKey)
        #expect(artifact.version == 1)
        try artifact.verifyGoldenVectors()

        // The same version again, and one that was trained on the same events.
        #expect(throws: CloudError.notNewer(version: 1, published: 1)) {
            try job.publish(stream: nil, version: 1, isForced: true)
        }
        _ = try TrainJob(configuration, stream: nil).run(clock: WallClock { 10_000 })
        let error = #expect(throws: CloudError.self) { try job.publish(stream: nil, version: nil, isForced: false) }
        guard case .notBetter(version: 2, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try job.publish(stream: nil, version: 2, isForced: true).version == 2)
        #expect(try job.list(format: .csv).split(separator: "\r\n").count == 3)
    }

    @Test func aCandidateThatWasHeldAgainstAnOlderOneIsTrainedAgain() throws {
        try merge(0..<600, sequence: 1)
        for _ in 1...2 { _ = try TrainJob(configuration, stream: nil).run() }
        let job = try ModelJob(configuration)
        _ = try job.publish(stream: nil, version: 1, isForced: false)
        let error = #expect(throws: CloudError.self) { try job.publish(stream: nil, version: 2, isForced: false) }
        #expect("\(String(describing: error))".contains("train again"))
    }

    @Test func whatIsMissingIsSaid() throws {
        #expect(throws: CloudError.noWarehouse(path: configuration.state + "/warehouse.sqlite")) {
            try TrainJob(configuration, stream: nil).run()
        }
        let job = try ModelJob(configuration)
        #expect(throws: CloudError.noCandidate(stream: "visits")) {
            try job.publish(stream: nil, version: nil, isForced: false)
        }
        #expect(throws: CloudError.noSuchStream("other", known: ["visits"])) {
            try job.publish(stream: "other", version: nil, isForced: false)
        }
    }
}
