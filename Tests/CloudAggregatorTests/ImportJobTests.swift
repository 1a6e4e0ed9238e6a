import BatchFormat
import Cryptography
import FleetProtocol
import Glibc
import Logging
import ObjectStore
import RawStore
import SQLite
import Testing

@testable import CloudAggregator

/// Batches that come as files go the way of an upload, beside a running server and without one.
@Suite struct ImportJobTests {
    private final class Complaints {
        var lines: [String: String] = [:]
    }

    private func rows(_ sql: String, in configuration: CloudConfiguration) throws -> [[SQLiteValue]] {
        try SQLiteDatabase(path: configuration.state + "/warehouse.sqlite", access: .readOnly).prepare(sql).rows()
    }

    /// Writes files into a folder of their own and imports it.
    private func run(
        _ files: [String: [UInt8]], into configuration: CloudConfiguration
    ) async throws -> (summary: ImportJob.Summary, complaints: [String: String]) {
        let stick = try TemporaryFolder()
        for (name, bytes) in files { try write(bytes, to: "\(stick.path)/\(name)") }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let complaints = Complaints()
        let summary = try await ImportJob(configuration, logger: logger).run(folder: stick.path) {
            complaints.lines[$0] = $1
        }
        for name in files.keys { #expect(access("\(stick.path)/\(name)", F_OK) == 0, "\(name) stays where it is") }
        return (summary, complaints.lines)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    @Test func importedBatchesAreMergedOnceAndTheirUploadIsAnsweredAsADuplicate() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let contact = try cloud.store().device(device.identifier)?.lastContactMilliseconds
            let (first, manifest) = try device.batch([TestStream.event(1), TestStream.event(2)])
            let (second, _) = try device.batch([TestStream.event(3)], sequence: 2, previous: manifest.sha256)
            let files = ["a.batch": first, "b.batch": second, "copy.batch": first, "._a.batch": [0], "a.txt": [0]]
            let (summary, complaints) = try await run(files, into: cloud.configuration)
            #expect(summary.description == "3 files: 2 merged with 3 events, 1 known already, 0 refused")
            #expect(complaints.isEmpty)
            #expect(try rows("SELECT visit_id FROM visits ORDER BY 1", in: cloud.configuration) == [[1], [2], [3]])
            let raw = try DirectoryObjectStore(root: cloud.configuration.state).get(RawKey.batch(manifest))
            #expect(raw == first)
            #expect(try device.receipt(try await device.upload(first)).result == .duplicate)
            #expect(try device.receipt(try await device.upload(second, sequence: 2)).result == .duplicate)
            #expect(try await run(files, into: cloud.configuration).summary.duplicates == 3)
            #expect(try rows("SELECT count(*) FROM ledger", in: cloud.configuration) == [[2]])
            let known = try #require(try cloud.store().device(device.identifier))
            #expect(known.lastContactMilliseconds == contact, "a file is no sign of life")
            #expect(known.flags == [])
        }
    }

    @Test func theRunningServerShowsWhatAnImportHasMerged() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            func snapshot() async throws -> String { try await cloud.dashboard.send("GET", "/v1/snapshot").text }
            #expect(try await snapshot().contains("\"events\":0"))
            let file = try device.batch([TestStream.event(1), TestStream.event(2)]).file
            #expect(try await run(["a.batch": file], into: cloud.configuration).summary.merged == 1)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !snapshot().contains("\"events\":2") {
                try #require(ContinuousClock.now < deadline, "the server has not noticed the commit")
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test func eachRefusedFileIsSaidAndTheOthersAreTaken() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let revoked = try await TestDevice.accepted(by: cloud)
            let stranger = TestDevice(key: try PrivateKey(), cloud: cloud)
            try cloud.store().setState(.revoked, of: revoked.identifier)
            let (good, manifest) = try device.batch([TestStream.event(1)])
            let line = [TestStream.event(2)]
            var flipped = try device.batch(line, sequence: 2).file
            flipped[flipped.count - 5] ^= 1
            let files = [
                "good.batch": good,
                "cut.batch": Array(try device.batch(line, sequence: 3).file.dropLast(3)),
                "longer.batch": try device.batch(line, sequence: 4).file + [0],
                "flipped.batch": flipped,
                "text.batch": Array("no batch".utf8),
                "empty.batch": [],
                "large.batch": [UInt8](repeating: 1, count: 70 << 10),
                "revoked.batch": try revoked.batch(line).file,
                "stranger.batch": try stranger.batch(line).file,
                "forged.batch": try device.batch(line, sequence: 5, signedBy: PrivateKey()).file,
                "fleet.batch": try device.batch(line, sequence: 6, fleet: "other").file,
                "stream.batch": try device.batch(line, sequence: 7, stream: "other").file,
                "epoch.batch": try device.batch(line, epoch: 2).file,
            ]
            let (summary, complaints) = try await run(files, into: cloud.configuration)
            #expect(summary.merged == 1 && summary.refused == files.count - 1 && summary.duplicates == 0)
            let words = [
                "cut.batch": "Content-Length", "longer.batch": "Content-Length", "flipped.batch": "not readable",
                "text.batch": "magic number", "empty.batch": "shorter than its head", "large.batch": "65536",
                "revoked.batch": "revoked", "stranger.batch": "not known", "forged.batch": "signed",
                "fleet.batch": "another fleet", "stream.batch": "not declared", "epoch.batch": "not issued",
            ]
            #expect(Set(words.keys) == Set(complaints.keys))
            for (name, word) in words {
                #expect(complaints[name]?.contains(word) == true, "\(name): \(complaints[name] ?? "nothing")")
            }
            #expect(try rows("SELECT visit_id FROM visits", in: cloud.configuration) == [[1]])

            let other = try device.batch([TestStream.event(9)])
            let conflict = try await run(["other.batch": other.file], into: cloud.configuration)
            #expect(conflict.complaints["other.batch"]?.contains("other content") == true)
            let key = RawKey.quarantined(manifest.identity, other.manifest.sha256)
            #expect(try DirectoryObjectStore(root: cloud.configuration.state).get(key) == other.file)
            #expect(try cloud.store().device(device.identifier)?.flags == [.conflict])
        }
    }

    @Test func importsAndUploadsAtOnceMergeEachBatchOnce() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            var files: [String: [UInt8]] = [:]
            var batches: [[UInt8]] = []
            var previous = Manifest.noPrevious
            for sequence in 1...20 {
                let lines = (0..<10).map { TestStream.event(sequence * 10 + $0) }
                let (file, manifest) = try device.batch(lines, sequence: Int64(sequence), previous: previous)
                previous = manifest.sha256
                files["\(sequence).batch"] = file
                batches.append(file)
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                let (files, batches) = (files, batches)
                tasks.addTask {
                    let summary = try await run(files, into: cloud.configuration).summary
                    #expect(summary.merged + summary.duplicates == 20 && summary.refused == 0)
                }
                tasks.addTask {
                    // Newest first, as an edge does.
                    for sequence in (1...20).reversed() {
                        _ = try device.receipt(
                            try await device.upload(batches[sequence - 1], sequence: Int64(sequence)))
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try rows("SELECT count(*), sum(events) FROM ledger", in: cloud.configuration) == [[20, 200]])
            #expect(try rows("SELECT count(*) FROM visits", in: cloud.configuration) == [[200]])
            #expect(try cloud.store().device(device.identifier)?.flags == [], "the chain holds in any order")
        }
    }

    @Test func noServerNeedsToRun() async throws {
        let folder = try TemporaryFolder()
        let configuration = try TestCloud.makeConfiguration(in: folder)
        let (summary, complaints) = try await run(["a.batch": [1, 2, 3]], into: configuration)
        #expect(summary.refused == 1 && complaints.count == 1)
        await #expect(throws: CloudError.self) {
            _ = try await ImportJob(configuration, logger: Logger(label: "test"))
                .run(folder: folder.path + "/nowhere") { _, _ in }
        }
    }
}
