import Foundation
import StreamDefinition
import Testing

@testable import EdgeCollector

/// A folder, and a stream and a cloud on one port, for edges of this process.
final class EdgeSite {
    let folder: TemporaryFolder
    let cloud = TestCloud()
    let server: TestServer
    private let signals: SignalPipe

    init() throws {
        folder = try TemporaryFolder()
        let cloud = cloud
        server = try TestServer { cloud.answer($0) }
        signals = try SignalPipe([])
        _ = try folder.state.create(Enrolment.keyName, Array(SpoolFixture.key.pem().utf8))
        try Enrolment(
            cloud: try #require(CloudAddress("https://cloud.example")), name: "test",
            grant: EnrolmentTests.grant(for: TestCloud.key)
        ).save(to: folder.state)
    }

    deinit { server.stop() }

    func edge(
        _ other: EdgeConfiguration.Stream? = nil, local: LocalSettings = LocalSettings(),
        durability: Durability = .always, connections: Int = 10
    ) throws -> Edge {
        let plan = try StreamPlan.load(
            file: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("cloud/streams/rsvps.json").path)
        var spool = SpoolSettings()
        spool.flushInterval = .milliseconds(50)
        spool.sealInterval = .milliseconds(200)
        spool.durability = durability
        var uplink = UplinkSettings()
        uplink.retryFirst = .milliseconds(50)
        uplink.retryLimit = .milliseconds(200)
        let stream = EdgeConfiguration.Stream(
            name: SpoolFixture.stream, plan: plan, url: "ws://127.0.0.1:\(server.port)/2/rsvps",
            resume: ("http://127.0.0.1:\(server.port)/2/rsvps", "since_mtime"))
        var configuration = EdgeConfiguration(
            state: folder.state, name: "test", cloud: CloudAddress(localPort: server.port),
            streams: [other ?? stream],
            spool: spool, uplink: uplink, modelWait: .seconds(1), logLevel: .error)
        configuration.local = local
        configuration.connectionsPerHost = connections
        return try Edge(configuration, in: .machine(seed: 1), log: EdgeLog(level: .error))
    }

    /// Turns the edge's loop until `isDone`, at most for half a minute.
    func run(_ edge: Edge, until isDone: (inout TestCloud.State) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 30)
        while !cloud.read(isDone) {
            try #require(Date() < deadline, "\(cloud.read { ($0.requests.suffix(20), $0.problems) })")
            _ = try edge.turn(signals: signals)
        }
    }

    /// Turns the edge's loop until all its batches have their receipts and are gone.
    func runUntilDelivered(_ edge: Edge) throws {
        let deadline = Date(timeIntervalSinceNow: 30)
        while try folder.rows("batches") != 0 {
            try #require(Date() < deadline, "\(cloud.read { ($0.requests.suffix(20), $0.problems) })")
            _ = try edge.turn(signals: signals)
        }
    }

    func lines(_ numbers: some Sequence<Int>) -> [String] { numbers.map(SpoolFixture.event) }
}
