import BatchFormat
import Cryptography
import StreamDefinition
import Testing
import Warehouse

@testable import CloudAggregator

@Suite struct WarehouseReaderTests {
    private let folder: TemporaryFolder
    private let plans: [StreamPlan]
    private let location: WarehouseLocation
    private let warehouse: any Warehouse

    init() throws {
        folder = try TemporaryFolder()
        let doors = """
            {"stream": "doors", "version": 1,
             "source": {"url": "wss://localhost/doors", "transport": "websocket", "silence": "60 s"},
             "event": {"identity": "door", "time": "at"},
             "tables": [{"name": "doors", "keep": "newest", "key": ["door"], "columns": [
               {"name": "door", "type": "integer", "path": "door"}]}]}
            """
        plans = try [TestStream.definition, doors].map { try StreamPlan(json: Array($0.utf8), source: "test.json") }
        location = .sqlite(path: folder.path + "/warehouse.sqlite")
        warehouse = try location.open(plans, access: .readWrite)
    }

    /// Merges a batch without events whose manifest has the scores of that model.
    private func merge(_ stream: Int, sequence: Int64, scoredBy version: Int64? = nil) throws {
        let scoring = version.map {
            ScoringReport(
                modelVersion: $0, events: 1, logLoss: 0.5, brier: 0.25,
                calibration: Array(repeating: .init(), count: ScoringReport.binCount))
        }
        let manifest = Manifest(
            identity: BatchIdentity(device: "00aa", epoch: 1, sequence: sequence), fleet: "demo",
            stream: plans[stream].name, events: 0, rawBytes: 0, framesBytes: 0, framesSHA256: Manifest.noPrevious,
            previous: Manifest.noPrevious, firstEventMilliseconds: nil, lastEventMilliseconds: nil,
            sealedAtMilliseconds: 1, clock: .synchronized, boot: "boot", scoring: scoring
        ).json
        let entry = LedgerEntry(
            device: "00aa", epoch: 1, sequence: sequence, stream: plans[stream].name,
            manifestSHA256: SHA256.digest(manifest), manifest: manifest, events: 0, malformed: 0,
            receivedMilliseconds: sequence, rawKey: "raw/\(sequence)")
        let report = try warehouse.merge([BatchContribution(entry: entry, delta: MergeDelta(plan: plans[stream]))])
        #expect(report.outcomes == [.merged])
    }

    /// A device that carries two streams, one of them scored, does not lose its model with each batch of the other.
    @Test func scoresAreThoseOfTheNewestBatchThatHasSome() async throws {
        try merge(0, sequence: 1, scoredBy: 3)
        try merge(0, sequence: 2, scoredBy: 4)
        try merge(1, sequence: 3)
        let batch = try #require(try await WarehouseReader(location, plans: plans).view().batches["00aa"])
        #expect(batch.entry.sequence == 3 && batch.scoring?.modelVersion == 4)
    }

    @Test func aReaderRemembersScoresThatLieFurtherBack() async throws {
        let reader = try WarehouseReader(location, plans: plans)
        try merge(0, sequence: 1, scoredBy: 3)
        #expect(try await reader.view().batches["00aa"]?.scoring?.modelVersion == 3)
        for sequence in 2...80 as ClosedRange<Int64> { try merge(1, sequence: sequence) }
        #expect(try await reader.view().batches["00aa"]?.scoring?.modelVersion == 3)
        #expect(try await WarehouseReader(location, plans: plans).view().batches["00aa"]?.scoring == nil)
    }

    @Test func countersStandInTheOrderOfThePlans() async throws {
        let view = try await WarehouseReader(location, plans: plans).view()
        #expect(view.counters.count == 2 && view.watermark == 0 && view.batches.isEmpty)
    }
}
