import FleetProtocol
import JSON
import Testing

@testable import CloudAggregator

@Suite struct DashboardRoutesTests {
    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "<title>page</title>"),
        ("/dashboard.js", "text/javascript; charset=utf-8", "use"),
        ("/dashboard.css", "text/css; charset=utf-8", "margin"),
        ("/plotly.min.js", "text/javascript; charset=utf-8", "plotly"),
    ])
    func thePageComesFromHereUnderAStrictPolicy(path: String, type: String, content: String) async throws {
        try await TestCloud.run { cloud in
            let answer = try await cloud.dashboard.send("GET", path)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == type)
            #expect(answer.text.contains(content))
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(
                answer.headers["content-security-policy"] == """
                    default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                    font-src 'self'; base-uri 'none'; frame-ancestors 'none'
                    """)
            let tag = try #require(answer.headers["etag"])
            let again = try await cloud.dashboard.send("GET", path, headers: [("If-None-Match", tag)])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
        }
    }

    @Test(arguments: [
        "/cloud.conf", "/../cloud.conf", "/..%2Fcloud.conf", "/%2e%2e/release.pem", "/dashboard.js/", "/index.html",
    ])
    func nothingElseIsServed(path: String) async throws {
        try await TestCloud.run { cloud in
            let answer = try await cloud.dashboard.send("GET", path)
            #expect(answer.status == 404 || answer.text == "\"use strict\";")
            #expect(!answer.text.contains("[cloud]") && !answer.text.contains("PRIVATE KEY"))
        }
    }

    @Test func aForeignHostNameIsNotOurs() async throws {
        try await TestCloud.run { cloud in
            let answer = try await cloud.dashboard.send("GET", "/v1/snapshot", headers: [("Host", "evil.example")])
            #expect(answer.status == 421)
            #expect(try answer.problem == "misdirected")
            #expect(try await cloud.dashboard.send("GET", "/healthz", headers: [("Host", "localhost")]).text == "ok\n")
        }
    }

    @Test func theSnapshotShowsWhatWasMergedAndBy() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let file = try device.batch([TestStream.event(1), TestStream.event(2, answer: "no"), "broken"]).file
            let waiting = [(Endpoint.backlogBatchesHeader, "3"), (Endpoint.backlogBytesHeader, "4096")]
            #expect(try await device.upload(file, headers: waiting).status == 200)
            let snapshot = try JSONValue(parsing: await cloud.dashboard.send("GET", "/v1/snapshot").body)
            #expect(snapshot["watermark"]?.integer == 1)
            let stream = try #require(snapshot["streams"]?.array?.first)
            #expect(stream["stream"]?.string == "visits")
            #expect(stream["split"] == ["no": 1, "yes": 1])
            for figures in [snapshot, stream] {
                #expect(figures["events"]?.integer == 3)
                #expect(figures["malformed"]?.integer == 1)
                #expect(figures["revisions"]?.integer == 2)
            }
            let edge = try #require(snapshot["edges"]?.array?.first)
            #expect(edge["device"]?.string == device.identifier)
            #expect(edge["name"]?.string == "roof")
            #expect(edge["state"]?.string == "accepted")
            #expect(edge["backlog_batches"]?.integer == 3)
            #expect(edge["backlog_bytes"]?.integer == 4096)
            #expect(edge["sequence"]?.integer == 1)
            #expect(edge["clock"]?.string == "synchronized")
        }
    }

    @Test func theLiveFeedBeginsAtOnceAndFollowsTheMerge() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let file = try device.batch([TestStream.event(1)]).file
            let request = TestClient.request("GET", "/v1/live", host: "127.0.0.1:\(cloud.dashboard.port)")
            let (first, isThere) = AsyncStream.makeStream(of: Void.self)
            async let uploaded: Int = {
                for await _ in first { break }
                return try await device.upload(file).status
            }()
            var text = ""
            try await cloud.dashboard.converse(request) { bytes in
                text = String(decoding: bytes, as: UTF8.self)
                if text.contains("\"watermark\":0,") { isThere.yield() }
                return text.contains("\"watermark\":1,")
            }
            #expect(try await uploaded == 200)
            #expect(
                text.contains("content-type: text/event-stream") || text.contains("Content-Type: text/event-stream"))
            #expect(text.contains("id: "))
            #expect(text.contains("\"watermark\":1,"))
        }
    }

    @Test(.timeLimit(.minutes(5))) func theServerStopsWhileViewersLookOn() async throws {
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            try await TestCloud.run { cloud in
                let request = TestClient.request("GET", "/v1/live", host: "127.0.0.1:\(cloud.dashboard.port)")
                tasks.addTask {
                    try await cloud.dashboard.converse(request) { bytes in
                        if String(decoding: bytes, as: UTF8.self).contains("id: ") { open.yield() }
                        return false
                    }
                }
                for await _ in opened { break }
            }
            try await tasks.waitForAll()
        }
    }
}
