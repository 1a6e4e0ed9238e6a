import Foundation
import Testing
import Transfer

@testable import EdgeCollector

@Suite struct MetricsServerTests {
    private let outputs: LocalOutputs
    private let server: MetricsServer
    private let transfers: TransferLoop
    private let moment = Moment(monotonic: .seconds(1), milliseconds: 0, clock: .floor)

    init() throws {
        var settings = LocalSettings()
        settings.metrics = LoopbackAddress("127.0.0.1:0")
        outputs = try LocalOutputs(
            settings, service: ServiceNotifier(environment: { _ in nil }), log: EdgeLog(level: .error))
        server = try #require(outputs.metrics)
        transfers = try TransferLoop()
        server.metrics = { Array("waystation_edge_x 1\n".utf8) }
    }

    private func answer(to request: some Sequence<UInt8>) throws -> String {
        let client = try LocalClient(loopback: server.address)
        client.send(request)
        try outputs.turn(transfers, at: moment) { !client.receive() }
        return client.text
    }

    @Test func metricsAreServedInPrometheusText() throws {
        let answer = try answer(to: "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".utf8)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(answer.contains("\r\ncontent-length: 20\r\n") && answer.hasSuffix("\r\n\r\nwaystation_edge_x 1\n"))
        let head = try self.answer(to: "HEAD /metrics HTTP/1.1\r\n\r\n".utf8)
        #expect(head.contains("\r\ncontent-length: 20\r\n") && head.hasSuffix("\r\n\r\n"))
    }

    @Test func failureToReadThemIsAnswered() throws {
        server.metrics = { throw EdgeError.damagedSpool("it is torn") }
        let answer = try answer(to: "GET /metrics HTTP/1.1\r\n\r\n".utf8)
        #expect(answer.hasPrefix("HTTP/1.1 500 ") && answer.contains("it is torn"))
    }

    @Test func healthIsSaid() throws {
        #expect(try answer(to: "GET /healthz HTTP/1.1\r\n\r\n".utf8).hasPrefix("HTTP/1.1 200 "))
        server.ailment = { "The spool is full." }
        let answer = try answer(to: "GET /healthz HTTP/1.1\r\n\r\n".utf8)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix("\r\n\r\nThe spool is full.\n"))
    }

    @Test(arguments: [
        ("GET /nothing HTTP/1.1\r\n\r\n", "404"), ("PUT /metrics HTTP/1.1\r\n\r\n", "405"),
        ("\u{16}\u{3}\u{1}garbage\n\n", "400"), (String(repeating: "x", count: 100_000), "431"),
    ])
    func whatIsNoSuchRequestIsRefused(request: String, status: String) throws {
        #expect(try answer(to: request.utf8).hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test func randomBytesEndTheirConnectionAndNothingElse() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let client = try LocalClient(loopback: server.address)
            client.send(
                (0..<Int.random(in: 1...9000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            shutdown(client.descriptor, Int32(SHUT_WR))
            try outputs.turn(transfers, at: moment) { !client.receive() }
        }
        #expect(try answer(to: "GET /healthz HTTP/1.1\r\n\r\n".utf8).hasPrefix("HTTP/1.1 200 "), "seed \(seed)")
    }

    @Test func requestMayComeByteByByte() throws {
        let client = try LocalClient(loopback: server.address)
        for byte in "GET /healthz HTTP/1.1\r\n\r\n".utf8 {
            client.send([byte])
            try outputs.turn(transfers, at: moment, until: Turns(2).areOver)
        }
        try outputs.turn(transfers, at: moment) { !client.receive() }
        #expect(client.text.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func moreConnectionsThanAllowedAreServedOneAfterAnother() throws {
        let clients = try (0..<50).map { _ in try LocalClient(loopback: server.address) }
        for client in clients { client.send("GET /metrics HTTP/1.1\r\n\r\n".utf8) }
        var open = clients
        try outputs.turn(transfers, at: moment) {
            open.removeAll { !$0.receive() }
            for client in clients where !client.text.isEmpty { shutdown(client.descriptor, Int32(SHUT_WR)) }
            return open.isEmpty
        }
        #expect(clients.allSatisfy { $0.text.hasSuffix("waystation_edge_x 1\n") })
    }

    @Test func silentConnectionsAreGivenUpAndMakeRoom() throws {
        let silent = try (0..<MetricsServer.connectionLimit).map { _ in try LocalClient(loopback: server.address) }
        try outputs.turn(transfers, at: moment) { server.reading.count == silent.count }
        let next = try LocalClient(loopback: server.address)
        next.send("GET /healthz HTTP/1.1\r\n\r\n".utf8)
        #expect(outputs.deadline == moment.monotonic + MetricsServer.patience)
        var later = moment
        later.monotonic += MetricsServer.patience
        try outputs.turn(transfers, at: later) { !next.receive() }
        #expect(next.text.hasPrefix("HTTP/1.1 200 ") && silent.allSatisfy { !$0.receive() })
    }
}

/// Lets a loop turn a number of times.
private final class Turns {
    private var left: Int

    init(_ count: Int) { left = count }

    func areOver() -> Bool {
        left -= 1
        return left < 0
    }
}
