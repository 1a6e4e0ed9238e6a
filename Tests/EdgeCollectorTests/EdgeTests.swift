import BatchFormat
import Cryptography
import FleetProtocol
import Foundation
import StreamDefinition
import Testing

@testable import EdgeCollector

/// The whole edge in this process, against a stream and a cloud that are threads of this test.
@Suite(.serialized) struct EdgeTests {
    @Test func eventsReachTheCloudAndLeaveTheSpool() throws {
        let site = try EdgeSite()
        site.cloud.read { $0.webSockets = [.webSocket(site.lines(0..<40))] }
        let edge = try site.edge()
        try site.run(edge) { $0.lines.count >= 40 && edge.spool.backlog.batches == 0 }
        #expect(site.cloud.read(\.lines) == site.lines(0..<40))
        try site.runUntilDelivered(edge)
        try edge.finish()
        #expect(try site.folder.rows("batches") == 0)
        #expect(site.cloud.read(\.problems) == [])
        let status = try EdgeStatus(state: site.folder.state).lines().joined(separator: "\n")
        #expect(status.contains("stream rsvps    40 events, 0 malformed") && status.contains("0 batches, 0 bytes"))
    }

    /// A kill while batches travel from memory alone: the source is asked again, under a new epoch.
    @Test func edgeThatHoldsLosesNothingByAKill() throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(0..<10), cut: true), .webSocket(site.lines(10..<30))]
        }
        var edge: Edge? = try site.edge(durability: .whenOffline)
        try site.run(try #require(edge)) { _ in edge?.spool.holdPolicy.isHolding == true }
        try site.run(try #require(edge)) { Set($0.lines).isSuperset(of: site.lines(10..<30)) }
        let status = try EdgeStatus(state: site.folder.state).json()
        #expect(status["holding"]?.boolean == true)
        edge = nil
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(40..<50))]
            $0.missed = site.lines(0..<50)
        }
        edge = try site.edge(durability: .whenOffline)
        #expect(edge?.spool.epoch == nil)
        try site.run(try #require(edge)) { Set($0.lines).count >= 50 }
        #expect(site.cloud.read(\.epoch) == 2 && site.cloud.read(\.problems) == [])
        try edge?.finish()
        #expect(try EdgeStatus(state: site.folder.state).json()["holding"]?.boolean == false)
    }

    @Test func whatWasMissedIsFetchedWhileTheStreamGoesOn() throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(0..<10), cut: true), .webSocket(site.lines(20..<40))]
            $0.missed = site.lines(8..<40)
        }
        let edge = try site.edge()
        try site.run(edge) { Set($0.lines).count >= 40 }
        #expect(Set(site.cloud.read(\.lines)) == Set(site.lines(0..<40)))
        let since = SpoolFixture.start + 9 - StreamCollector.overlapMilliseconds
        #expect(site.cloud.read(\.requests).contains("GET /2/rsvps?since_mtime=\(since)"))
        try edge.finish()
    }

    /// The second WebSocket takes the only place: what was missed is not asked for before it is free again.
    @Test func fetchWaitsWhileTheStreamHasTheOnlyConnection() throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [
                .webSocket(site.lines(0..<10), cut: true), .webSocket(site.lines(20..<30), cut: true),
                .webSocket(site.lines(30..<40)),
            ]
            $0.missed = site.lines(8..<40)
        }
        let edge = try site.edge(connections: 1)
        try site.run(edge) { Set($0.lines).isSuperset(of: site.lines(20..<30)) }
        let asked = { site.cloud.read(\.requests).contains { $0.hasPrefix("GET /2/rsvps?since_mtime=") } }
        #expect(!asked())
        try site.run(edge) { Set($0.lines).isSuperset(of: site.lines(30..<40)) }
        #expect(!asked(), "a live stream goes first")
        try edge.finish()
    }

    /// A resume point near the end of all numbers crashed the edge when it asked for what was missed, at every start.
    @Test(arguments: [Int64.min + 1, -1, 5, Int64.max]) func eventOfAnyTimeDoesNotStopTheEdge(time: Int64) throws {
        let site = try EdgeSite()
        let event = { (number: Int) in #"{"rsvp_id":\#(number),"mtime":\#(time)}"# }
        site.cloud.read {
            $0.webSockets = [.webSocket([event(1)], cut: true), .webSocket([event(2)])]
            $0.missed = [event(1), event(2)]
        }
        let edge = try site.edge()
        try site.run(edge) { state in
            state.lines.contains(event(2)) && state.requests.contains { $0.hasPrefix("GET /2/rsvps?since_mtime=") }
        }
        try edge.finish()
        #expect(try EdgeStatus(state: site.folder.state).lines().contains { $0.contains("last event") })
    }

    @Test func restartGoesOnWhereTheLastRunStopped() throws {
        let site = try EdgeSite()
        site.cloud.read { $0.webSockets = [.webSocket(site.lines(0..<10)), .webSocket(site.lines(20..<30))] }
        var edge: Edge? = try site.edge()
        try site.run(try #require(edge)) { $0.lines.count >= 10 }
        edge = nil
        site.cloud.read { $0.missed = site.lines(10..<30) }
        edge = try site.edge()
        try site.run(try #require(edge)) { Set($0.lines).count >= 30 }
        #expect(site.cloud.read(\.epoch) == 1, "the epoch is kept")
        let manifests = site.cloud.read(\.manifests)
        #expect(manifests.map(\.identity.sequence) == Array(1...Int64(manifests.count)))
        for (previous, next) in zip(manifests, manifests.dropFirst()) { #expect(next.previous == previous.sha256) }
    }

    @Test func fileReachesTheCloudOnceThoughTheEdgeIsRestarted() throws {
        let site = try EdgeSite()
        let path = "\(site.folder.path)/events.ndjson"
        let stream = try EdgeConfiguration.Stream.rsvps(transport: .file, url: "file://\(path)")
        let write = { (count: Int) in
            try (site.lines(0..<count).joined(separator: "\n") + "\n").write(
                toFile: path, atomically: false, encoding: .utf8)
        }
        try write(20)
        var edge: Edge? = try site.edge(stream)
        try site.run(try #require(edge)) { $0.lines.count >= 20 }
        edge = nil
        try write(30)
        edge = try site.edge(stream)
        try site.run(try #require(edge)) { $0.lines.count >= 30 }
        #expect(site.cloud.read(\.lines) == site.lines(0..<30))
        try edge?.finish()
    }

    @Test func conflictIsAnsweredByANewEpoch() throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(0..<10))]
            $0.uploadReplies = [.answer(409)]
        }
        let edge = try site.edge()
        try site.run(edge) { $0.lines.count >= 10 }
        let manifest = try #require(site.cloud.read(\.manifests).first)
        #expect(manifest.identity.epoch == 2 && manifest.identity.sequence == 1)
        #expect(manifest.previous == Manifest.noPrevious)
        try edge.finish()
    }

    @Test(arguments: [
        [TestServer.Reply.drop], [.answer(503, headers: ["retry-after": "1"])], [.answer(401)], [.answer(500), .drop],
        [.answer(200, body: Array("{}".utf8))],
    ])
    func batchIsTriedUntilItsReceiptComes(replies: [TestServer.Reply]) throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(0..<10))]
            $0.uploadReplies = replies
        }
        let edge = try site.edge()
        try site.run(edge) { $0.lines.count >= 10 }
        #expect(site.cloud.read(\.lines) == site.lines(0..<10))
        try edge.finish()
    }

    @Test(arguments: [400, 413, 415, 422]) func refusedBatchIsPutAsideAndDeclaredAndShown(status: Int) throws {
        let site = try EdgeSite()
        site.cloud.read {
            $0.webSockets = [.webSocket(site.lines(0..<10), cut: true), .webSocket(site.lines(10..<20))]
            $0.uploadReplies = [.answer(status)]
        }
        let edge = try site.edge()
        try site.run(edge) { $0.manifests.contains { !$0.gaps.isEmpty } }
        let gaps = site.cloud.read(\.manifests).flatMap(\.gaps)
        #expect(gaps.map(\.reason) == ["refused"])
        try edge.finish()
        let shown = EdgeStatus(state: site.folder.state)
        #expect(try shown.lines().contains("dead letters    1 batches, 0 messages"))
        #expect(try shown.json()["dead_letters"]?.integer == 1)
    }

    @Test func publishedModelScoresAndIsReportedAndSurvivesARestart() throws {
        let site = try EdgeSite()
        site.cloud.read { $0.webSockets = [.drop] }
        let model = try TestModel.published(version: 4)
        var edge: Edge? = try site.edge()
        site.cloud.read { $0.model = model }
        try site.run(try #require(edge)) { $0.requests.contains { $0.hasSuffix("/4/artifact") } }
        try site.run(try #require(edge)) { $0.requests.contains { $0.contains("after=4") } }
        edge = nil
        site.cloud.read {
            $0.model = nil
            $0.webSockets = [.webSocket(site.lines(0..<10))]
        }
        edge = try site.edge()
        try site.run(try #require(edge)) { $0.lines.count >= 10 }
        let reports = site.cloud.read(\.manifests).compactMap(\.scoring)
        #expect(reports.map(\.modelVersion).allSatisfy { $0 == 4 } && reports.map(\.events).reduce(0, +) == 10)
    }

    @Test func scoredEventsAndFiguresAreToldOnTheMachine() throws {
        let site = try EdgeSite()
        site.cloud.read { $0.webSockets = [.drop] }
        var local = LocalSettings()
        local.socket = site.folder.state.path(of: "events.sock")
        local.metrics = LoopbackAddress("127.0.0.1:0")
        let model = try TestModel.published(version: 4)
        let edge = try site.edge(local: local)
        let reader = try LocalClient(path: #require(local.socket))
        site.cloud.read { $0.model = model }
        try site.run(edge) { $0.requests.contains { $0.contains("after=4") } }
        site.cloud.read { $0.webSockets = [.webSocket(site.lines(0..<5) + ["no json"] + site.lines(5..<10))] }
        try site.run(edge) { $0.lines.count >= 11 && reader.receive() && reader.lines.count >= 10 }
        for (line, event) in zip(reader.lines, site.lines(0..<10)) {
            #expect(
                line.hasPrefix(#"{"stream":"rsvps","score":0."#) && line.hasSuffix(#","model":4,"event":\#(event)}"#))
        }

        let scraper = try LocalClient(loopback: #require(edge.metricsAddress))
        scraper.send("GET /metrics HTTP/1.1\r\n\r\n".utf8)
        try site.run(edge) { _ in !scraper.receive() }
        for sample in [
            #"waystation_edge_events_total{stream="rsvps"} 11"#, #"waystation_edge_malformed_total{stream="rsvps"} 1"#,
            #"waystation_edge_model_version{stream="rsvps"} 4"#, #"waystation_edge_source_connected{stream="rsvps"} 1"#,
            #"waystation_edge_log_loss_nats_count{stream="rsvps"} 10"#, "waystation_edge_feed_subscribers 1",
            "# TYPE waystation_edge_last_contact_timestamp_seconds gauge",
        ] {
            #expect(scraper.lines.contains(sample), "\(scraper.text)")
        }
        try site.run(edge) { _ in edge.spool.backlog.batches == 0 }
        try edge.finish()
        let status = try EdgeStatus(state: site.folder.state).json()
        #expect(status["running"]?.boolean == true && status["backlog"]?["batches"]?.integer == 0)
        let stream = try #require(status["streams"]?.array?.first)
        #expect(stream["events"]?.integer == 11 && stream["malformed"]?.integer == 1)
        #expect(stream["model_version"]?.integer == 4 && status["last_contact_ms"]?.integer != nil)
    }

    @Test func statusForProgramsHasEveryKeyBeforeTheEnrolmentToo() throws {
        let folder = try TemporaryFolder()
        let keys = [
            "device", "name", "fleet", "cloud", "running", "holding", "epoch", "sequence", "backlog", "sealed",
            "acknowledged",
            "dead_letters", "last_contact_ms", "last_error", "streams",
        ]
        #expect(try EdgeStatus(state: folder.state).json().object?.map(\.name) == keys)
    }

    @Test func unfitModelIsRejectedOnceAndForAll() throws {
        let site = try EdgeSite()
        let (good, bad) = (try TestModel.published(version: 1), try TestModel.published(version: 2, tampered: true))
        site.cloud.read { $0.model = good }
        let edge = try site.edge()
        try site.run(edge) { $0.requests.contains { $0.contains("after=1") } }
        site.cloud.read { $0.model = bad }
        try site.run(edge) { $0.requests.contains { $0.contains("after=2") } }
        try edge.finish()
        var slots = ModelSlots(stream: SpoolFixture.stream, state: site.folder.state)
        try slots.read()
        #expect(slots.active?.version == 1 && slots.rejected.map(\.version) == [2])
    }

    @Test func enrollingAgainKeepsTheDevice() throws {
        let site = try EdgeSite()
        let folder = try TemporaryFolder()
        let address = CloudAddress(localPort: site.server.port)
        let pin = String(repeating: "00", count: 32)
        let token = try EnrolmentToken("\(String(repeating: "0", count: 32)).\(pin)")
        let first = try Enroller(state: folder.state).enroll(token: token, cloud: address, name: "a")
        let second = try Enroller(state: folder.state).enroll(token: token, cloud: address, name: "b")
        #expect(first.grant.device == second.grant.device && second.name == "b")
        #expect(site.cloud.read(\.problems) == [])

        let wrong = try EnrolmentToken("\(String(repeating: "1", count: 32)).\(pin)")
        let other = try TemporaryFolder()
        #expect(throws: EdgeError.self) {
            try Enroller(state: other.state).enroll(token: wrong, cloud: address, name: "")
        }
        #expect(try DeviceKey.load(from: other.state) != nil, "the key waits for the next token")
        #expect(throws: EdgeError.self) {
            _ = try Enroller(state: other.state).enroll(token: token, cloud: CloudAddress(localPort: 1), name: "")
        }
    }

    @Test func deviceThatNeverJoinedDoesNotRun() throws {
        let site = try EdgeSite()
        try site.folder.state.remove(Enrolment.fileName)
        #expect(throws: EdgeError.self) { try site.edge() }
    }
}
