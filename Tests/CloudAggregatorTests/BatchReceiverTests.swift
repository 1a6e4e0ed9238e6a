import BatchFormat
import Cryptography
import FleetProtocol
import Glibc
import JSON
import ObjectStore
import RawStore
import SQLite
import Signing
import Testing
import Zstandard

@testable import CloudAggregator

@Suite struct BatchReceiverTests {
    /// The rows of a query on the warehouse.
    private func rows(_ sql: String, in cloud: TestCloud) throws -> [[SQLiteValue]] {
        try SQLiteDatabase(path: cloud.configuration.state + "/warehouse.sqlite", access: .readOnly).prepare(sql).rows()
    }

    @Test func aBatchIsMergedDurableAndAcknowledged() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let (file, manifest) = try device.batch([TestStream.event(1), TestStream.event(2, answer: "no")])
            let receipt = try device.receipt(try await device.upload(file))
            #expect(receipt.result == .merged)
            #expect(receipt.manifestSHA256 == manifest.sha256)
            #expect((receipt.device, receipt.epoch, receipt.sequence) == (device.identifier, 1, 1))
            #expect(receipt.watermark == 1)
            #expect(try rows("SELECT visit_id, answer FROM visits ORDER BY 1", in: cloud) == [[1, "yes"], [2, "no"]])
            let stored = try DirectoryObjectStore(root: cloud.configuration.state).get(RawKey.batch(manifest))
            #expect(stored == file)
        }
    }

    @Test func aRepeatIsAcknowledgedAgainWithoutItsBody() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let (file, manifest) = try device.batch([TestStream.event(1)])
            #expect(try device.receipt(try await device.upload(file)).result == .merged)
            #expect(try device.receipt(try await device.upload(file)).result == .duplicate)
            // The frames never come, the receipt does.
            let head = file.dropLast(Int(manifest.framesBytes))
            let answer = try await device.upload(Array(head), headers: [("Content-Length", "\(file.count)")])
            #expect(try device.receipt(answer).result == .duplicate)
            #expect(try rows("SELECT count(*) FROM ledger", in: cloud) == [[1]])
        }
    }

    @Test func anotherContentUnderTheSameIdentityIsSetAside() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            #expect(try await device.upload(device.batch([TestStream.event(1)]).file).status == 200)
            let (file, manifest) = try device.batch([TestStream.event(9)])
            let answer = try await device.upload(file)
            #expect(answer.status == 409)
            #expect(try answer.problem == "conflict")
            let key = RawKey.quarantined(manifest.identity, manifest.sha256)
            #expect(try DirectoryObjectStore(root: cloud.configuration.state).get(key) == file)
            #expect(try cloud.store().device(device.identifier)?.flags == [.conflict])
            #expect(try rows("SELECT visit_id FROM visits", in: cloud) == [[1]])
        }
    }

    @Test func aMalformedMessageIsKeptCountedAndStopsNothing() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            let (file, manifest) = try device.batch([
                TestStream.event(1), "{\"visit\":", "not json", "[]", "{\"visit\":2,\"at\":5}", "{\"deep\":\(deep)}",
                TestStream.event(3),
            ])
            #expect(try device.receipt(try await device.upload(file)).result == .merged)
            #expect(try rows("SELECT events, malformed FROM ledger", in: cloud) == [[7, 5]])
            #expect(try rows("SELECT visit_id FROM visits ORDER BY 1", in: cloud) == [[1], [3]])
            let stored = try DirectoryObjectStore(root: cloud.configuration.state).get(RawKey.batch(manifest))
            #expect(stored == file)
        }
    }

    @Test func aBatchThatDoesNotFollowItsPredecessorMarksTheDevice() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let (first, manifest) = try device.batch([TestStream.event(1)])
            let (second, _) = try device.batch([TestStream.event(2)], sequence: 2, previous: manifest.sha256)
            #expect(try await device.upload(first).status == 200)
            #expect(try await device.upload(second, sequence: 2).status == 200)
            #expect(try cloud.store().device(device.identifier)?.flags == [])
            let (third, _) = try device.batch([TestStream.event(3)], sequence: 3, previous: manifest.sha256)
            #expect(try await device.upload(third, sequence: 3).status == 200)
            #expect(try cloud.store().device(device.identifier)?.flags == [.chain])
        }
    }

    @Test func theChainIsCheckedInWhateverOrderBatchesCome() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let (first, one) = try device.batch([TestStream.event(1)])
            let (second, two) = try device.batch([TestStream.event(2)], sequence: 2, previous: one.sha256)
            let (third, _) = try device.batch([TestStream.event(3)], sequence: 3, previous: two.sha256)
            for (sequence, file) in [(3, third), (1, first), (2, second)] {
                #expect(try await device.upload(file, sequence: Int64(sequence)).status == 200)
            }
            #expect(try cloud.store().device(device.identifier)?.flags == [])
            let (fifth, _) = try device.batch([TestStream.event(5)], sequence: 5, previous: one.sha256)
            let (fourth, _) = try device.batch([TestStream.event(4)], sequence: 4, previous: two.sha256)
            #expect(try await device.upload(fifth, sequence: 5).status == 200)
            #expect(try cloud.store().device(device.identifier)?.flags == [], "nothing is known of the fourth yet")
            #expect(try await device.upload(fourth, sequence: 4).status == 200)
            #expect(try cloud.store().device(device.identifier)?.flags == [.chain])
        }
    }

    @Test func whatTheHeadShowsIsRefusedBeforeTheBodyIsRead() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let good = try device.batch([TestStream.event(1)])
            func expect(
                _ status: Int, _ problem: String, _ file: [UInt8], epoch: Int64 = 1, sequence: Int64 = 1,
                headers: [(String, String)] = [], _ location: SourceLocation = #_sourceLocation
            ) async throws {
                let answer = try await device.upload(file, epoch: epoch, sequence: sequence, headers: headers)
                #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
                #expect(try answer.problem == problem, sourceLocation: location)
            }
            try await expect(415, "wrong-type", good.file, headers: [("Content-Type", "text/plain")])
            try await expect(411, "length-required", [], headers: [("Transfer-Encoding", "chunked")])
            // Neither waits for a body that is announced and does not come.
            try await expect(413, "too-large", [], headers: [("Content-Length", "65537")])
            try await expect(
                400, "malformed-batch", Array(good.file.dropLast()),
                headers: [("Content-Length", "\(good.file.count + 9)")])
            try await expect(400, "malformed-batch", [UInt8]("no batch at all".utf8))
            try await expect(400, "malformed-batch", Array(good.file.prefix(20)))
            try await expect(422, "batch-mismatch", good.file, sequence: 2)
            try await expect(400, "malformed", good.file, epoch: 0)
            try await expect(
                409, "unknown-epoch", device.batch([TestStream.event(1)], epoch: 2).file, epoch: 2)
            try await expect(
                422, "unknown-stream", device.batch([TestStream.event(1)], stream: "other").file)
            try await expect(422, "foreign-fleet", device.batch([TestStream.event(1)], fleet: "other").file)
            try await expect(
                401, "invalid-signature", device.batch([TestStream.event(1)], signedBy: PrivateKey()).file)
            let stranger = TestDevice(key: try PrivateKey(), cloud: cloud)
            #expect(try await stranger.upload(stranger.batch([TestStream.event(1)]).file).problem == "unknown-device")
            #expect(try rows("SELECT count(*) FROM ledger", in: cloud) == [[0]])
            // After all that the good one is taken.
            #expect(try device.receipt(try await device.upload(good.file)).result == .merged)
        }
    }

    @Test func aForgedEnvelopeLengthIsRefused() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            var file = try device.batch([TestStream.event(1)]).file
            file.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0x7F])
            let answer = try await device.upload(file)
            #expect(answer.status == 400)
            #expect(try answer.problem == "malformed-batch")
        }
    }

    @Test func framesThatAreNotWhatTheManifestSaysAreRefused() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let lines = [TestStream.event(1), TestStream.event(2)]
            var flipped = try device.batch(lines).file
            flipped[flipped.count - 5] ^= 1
            let moreEvents = try device.batch(lines) { $0.events = 3 }.file
            let fewerBytes = try device.batch(lines) { $0.rawBytes -= 1 }.file
            let bomb = try device.batch([String(repeating: "a", count: 3 << 20)]) { $0.rawBytes = 1000 }.file
            for file in [flipped, moreEvents, fewerBytes, bomb] {
                let answer = try await device.upload(file)
                #expect([400, 422].contains(answer.status), "\(answer.text)")
                #expect(try ["batch-mismatch", "malformed-batch"].contains(answer.problem))
            }
            let announced = try device.batch(lines) { $0.rawBytes = 1 << 40 }.file
            #expect(try await device.upload(announced).problem == "batch-too-large")
            let longLine = try device.batch([String(repeating: "a", count: 70_000)]).file
            #expect(try await device.upload(longLine).problem == "batch-too-large")
            #expect(try rows("SELECT count(*) FROM ledger", in: cloud) == [[0]])
        }
    }

    @Test func aBodyThatIsCutOffIsNoBatchAndTheServerGoesOn() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let file = try device.batch([TestStream.event(1)]).file
            let path = Endpoint.batch(device: device.identifier, epoch: 1, sequence: 1)
            let request = TestClient.request(
                "PUT", path, headers: [("Content-Type", MediaType.batch)], body: file, host: cloud.authority)
            // The connection ends in the middle of the frames.
            try await cloud.devices.cut(Array(request.dropLast(7)))
            #expect(try device.receipt(try await device.upload(file)).result == .merged)
        }
    }

    @Test func batchesOfManyDevicesAtOnceAreEachMergedOnce() async throws {
        try await TestCloud.run { cloud in
            let devices = try await withThrowingTaskGroup(of: TestDevice.self) { tasks in
                for _ in 0..<4 { tasks.addTask { try await TestDevice.accepted(by: cloud) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for device in devices {
                    for sequence in 1...5 {
                        tasks.addTask {
                            let lines = (0..<20).map { TestStream.event(sequence * 20 + $0) }
                            let file = try device.batch(lines, sequence: Int64(sequence)).file
                            let answer = try await device.upload(file, sequence: Int64(sequence))
                            #expect(try device.receipt(answer).result == .merged)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try rows("SELECT count(*), sum(events) FROM ledger", in: cloud) == [[20, 400]])
            #expect(try rows("SELECT count(*) FROM visits", in: cloud) == [[100]])
        }
    }

    @Test func aRefusedBodyDoesNotDisturbTheNextRequestOfItsConnection() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let path = Endpoint.batch(device: device.identifier, epoch: 1, sequence: 1)
            let noise = (0..<300).map { _ in Hexadecimal.encode(SecureRandom.bytes(64)) }
            let files = [
                try device.batch(noise, signedBy: PrivateKey()).file, try device.batch([TestStream.event(1)]).file,
                try device.batch([TestStream.event(1)]).file,
            ]
            let requests = files.flatMap { file in
                TestClient.request(
                    "PUT", path, headers: [("Content-Type", MediaType.batch)], body: file, host: cloud.authority)
            }
            var statuses: [Substring] = []
            try await cloud.devices.converse(requests) { bytes in
                statuses = String(decoding: bytes, as: UTF8.self).matches(of: /HTTP\/1.1 ([0-9]+)/).map(\.output.1)
                return statuses.count == 3
            }
            #expect(statuses == ["401", "200", "200"])
            #expect(try rows("SELECT count(*) FROM ledger", in: cloud) == [[1]])
        }
    }

    @Test func anUnknownPathIsAProblemToo() async throws {
        try await TestCloud.run { cloud in
            let answer = try await cloud.devices.send("GET", "/v1/nothing")
            #expect(answer.status == 404)
            #expect(try answer.problem == "not-found")
        }
    }
}
