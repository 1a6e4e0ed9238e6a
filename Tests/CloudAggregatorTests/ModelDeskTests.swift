import Cryptography
import FleetProtocol
import ObjectStore
import Testing

@testable import CloudAggregator

@Suite struct ModelDeskTests {
    /// Publishes a version the way the command does, with a file that is no model.
    private func publish(_ version: Int64, in cloud: TestCloud) throws -> ModelManifest {
        let file = Array("model \(version)".utf8)
        try DirectoryObjectStore(root: cloud.configuration.state)
            .put(file, key: StateFolder.modelKey(stream: "visits", version: version), .replace)
        let manifest = ModelManifest(
            stream: "visits", version: version, artifactSHA256: SHA256.digest(file), artifactBytes: Int64(file.count),
            createdMilliseconds: 1, expiresMilliseconds: 2)
        var model = FleetModel(
            stream: "visits", version: version, trainedMilliseconds: 1, publishedMilliseconds: nil, watermark: 0,
            events: 100, progressiveLogLoss: 0.25, baseRateLogLoss: 0.5, verdict: .publish, comparedWith: 0,
            manifest: [], manifestSHA256: [])
        let store = try cloud.store()
        try store.add(candidate: model)
        model.publishedMilliseconds = WallClock.system.milliseconds
        model.manifest = try manifest.signed(by: cloud.keys.release)
        model.manifestSHA256 = SHA256.digest(manifest.json)
        try store.publish(model)
        return manifest
    }

    @Test func aPublicationByACommandAnswersTheDeviceThatWaitsForIt() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let path = Endpoint.modelTimestamp(stream: "visits")
            async let waiting = device.control("GET", path, query: "after=0&wait=50")
            let manifest = try publish(1, in: cloud)
            let answer = try await waiting
            #expect(answer.status == 200)
            let timestamp = try ModelTimestamp(signed: answer.body, key: cloud.keys.timestamp.publicKey)
            #expect(timestamp.version == 1)
            #expect(timestamp.manifestSHA256 == SHA256.digest(manifest.json))
        }
    }

    @Test func manifestAndArtifactAreHandedToAcceptedDevices() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let published = try publish(1, in: cloud)
            let path = Endpoint.modelManifest(stream: "visits", version: 1)
            let answer = try await device.control("GET", path)
            #expect(try ModelManifest(signed: answer.body, key: cloud.keys.release.publicKey) == published)
            let file = try await device.control("GET", Endpoint.modelArtifact(stream: "visits", version: 1))
            #expect(file.status == 200)
            #expect(SHA256.digest(file.body) == published.artifactSHA256)
            #expect(try await cloud.devices.send("GET", path).status == 401)
            let missing = try await device.control("GET", Endpoint.modelArtifact(stream: "visits", version: 2))
            #expect(missing.status == 404)
            let traversal = try await device.control("GET", "/v1/models/..%2Fvisits/1/artifact")
            #expect(traversal.status == 404)
        }
    }

    @Test func theWaitEndsWithoutNews() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let path = Endpoint.modelTimestamp(stream: "visits")
            #expect(try await device.control("GET", path, query: "after=0&wait=0").status == 204)
            #expect(try await device.control("GET", path, query: "after=0&wait=56").status == 400)
            #expect(try await device.control("GET", path, query: "after=-1&wait=0").status == 400)
        }
    }

    @Test(.timeLimit(.minutes(5))) func theServerStopsWhileADeviceWaits() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            try await TestCloud.run { cloud in
                let device = try await TestDevice.accepted(by: cloud)
                tasks.addTask {
                    // The answer may be 204 or a closed connection.
                    _ = try? await device.control(
                        "GET", Endpoint.modelTimestamp(stream: "visits"), query: "after=0&wait=55")
                }
            }
            try await tasks.waitForAll()
        }
    }
}
