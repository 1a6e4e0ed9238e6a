import FleetProtocol
import Testing

@testable import CloudAggregator

@Suite struct KeepAliveTests {
    @Test func aReceiptLeavesTheConnectionOpen() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let answer = try await device.upload(device.batch([TestStream.event(1)]).file)
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == nil)
        }
    }

    @Test func whereMoreAreOpenThanAreKeptAReceiptEndsItsConnection() async throws {
        try await TestCloud.run(keptConnections: 0) { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let request = TestClient.request(
                "PUT", Endpoint.batch(device: device.identifier, epoch: 1, sequence: 1),
                headers: [("Content-Type", MediaType.batch)], body: try device.batch([TestStream.event(1)]).file,
                host: cloud.authority)
            var received: [UInt8] = []
            // Ends with the connection, which this client leaves to the server.
            try await cloud.devices.converse(request) { bytes in
                received = bytes
                return false
            }
            let answer = try #require(TestResponse(received))
            #expect(answer.headers["connection"] == "close")
            #expect(try device.receipt(answer).result == .merged)
        }
    }
}
