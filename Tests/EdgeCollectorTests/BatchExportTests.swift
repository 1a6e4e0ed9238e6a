import BatchFormat
import Foundation
import SQLite
import Testing

@testable import EdgeCollector

@Suite struct BatchExportTests {
    private let fixture: SpoolFixture
    private let stick: TemporaryFolder

    init() throws {
        fixture = try SpoolFixture()
        stick = try TemporaryFolder()
        try Enrolment(
            cloud: try #require(CloudAddress("https://cloud.example")), name: "test",
            grant: EnrolmentTests.grant(for: SpoolFixture.key)
        ).save(to: fixture.folder.state)
    }

    /// A spool with so many sealed batches of ten events.
    private func spool(batches: Int) throws -> Spool {
        let spool = try fixture.open()
        #expect(try spool.adopt(epoch: 3))
        for batch in 0..<batches {
            try fixture.append(batch * 10..<(batch + 1) * 10, to: spool)
            try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        }
        return spool
    }

    private func export(to name: String = "batches") throws -> BatchExport.Summary {
        try BatchExport(state: fixture.folder.state).run(to: StateDirectory(path: "\(stick.path)/\(name)"))
    }

    private func names(_ name: String = "batches") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(stick.path)/\(name)").sorted()
    }

    @Test func filesAreTheSealedBatchesAndTheSpoolKeepsThem() throws {
        let spool = try spool(batches: 3)
        let summary = try export()
        #expect(summary.written == 3 && summary.present == 0 && summary.damaged.isEmpty && summary.nameless == 0)
        let device = SpoolFixture.identity.device
        #expect(try names() == (1...3).map { "\(device)-3-\($0).batch" })
        for row in Int64(1)...3 {
            let file = try #require(try spool.sealedFile(row, at: fixture.moment))
            let folder = StateDirectory(path: "\(stick.path)/batches")
            let written = try #require(try folder.read("\(device)-3-\(file.identity.sequence).batch"))
            #expect(written == file.bytes)
            #expect(try SealedBatch.open(written, key: SpoolFixture.key.publicKey).manifest.events == 10)
        }
        #expect(spool.backlog.batches == 3)
        // The edge goes on with its spool.
        try fixture.append(30..<40, to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        #expect(try export().written == 1)
    }

    @Test func aFileThatIsThereIsLeftAndAHalfOneReplaced() throws {
        _ = try spool(batches: 2)
        _ = try export()
        let path = "\(stick.path)/batches/\(try names()[1])"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(100).write(to: URL(fileURLWithPath: path))
        let summary = try export()
        #expect(summary.written == 1 && summary.present == 1 && summary.bytes == whole.count)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }

    @Test func whatAReceiptHasFreedIsNotWritten() throws {
        let spool = try spool(batches: 2)
        let first = try #require(try spool.sealedBatches(at: fixture.moment).first)
        let receipt = spool.receipt(for: first.manifest, at: fixture.moment)
        #expect(try spool.acknowledge(first.row, receipt, at: fixture.moment))
        try spool.closeAll(at: fixture.moment)
        #expect(try export().written == 1)
    }

    @Test func aBatchWithoutAnEpochHasNoName() throws {
        let spool = try fixture.open()
        try fixture.append(0..<10, to: spool)
        try spool.closeAll(at: fixture.moment)
        let summary = try export()
        #expect(summary.nameless == 1 && summary.written == 0)
    }

    @Test func aDamagedBatchIsLeftOutAndSaid() throws {
        let spool = try spool(batches: 2)
        try spool.database.execute("UPDATE segments SET bytes = zeroblob(length(bytes)) WHERE id >> 20 = 1")
        let summary = try export()
        #expect(summary.written == 1)
        #expect(summary.damaged == [BatchIdentity(device: SpoolFixture.identity.device, epoch: 3, sequence: 1)])
    }

    @Test func aFolderThatCannotBeWrittenIsSaidAndADeviceMustBeEnrolled() throws {
        _ = try spool(batches: 1)
        try Data().write(to: URL(fileURLWithPath: "\(stick.path)/file"))
        #expect(throws: EdgeError.self) { try export(to: "file") }
        try fixture.folder.state.remove(Enrolment.fileName)
        #expect(throws: EdgeError.self) { try export() }
    }

    @Test func statusShowsDeadLettersOfBothKindsAndTheLastOnesReason() throws {
        let spool = try spool(batches: 2)
        try spool.giveUp(1, reason: "refused", because: "The batch is not good", keepingFile: true, at: fixture.moment)
        let status = { try EdgeStatus(state: fixture.folder.state).lines() }
        #expect(try status().contains("dead letters    1 batches, 0 messages"))
        #expect(try status().contains { $0.hasPrefix("  last  ") && $0.hasSuffix("Z batch: The batch is not good") })
        Array("two\nlines".utf8).withUnsafeBytes {
            spool.setAside($0, of: SpoolFixture.stream, reason: "line", at: fixture.moment)
        }
        try spool.closeAll(at: fixture.moment)
        #expect(try status().contains("dead letters    1 batches, 1 messages"))
        #expect(try status().contains { $0.hasPrefix("  last  ") && $0.hasSuffix("Z line") })
    }
}
