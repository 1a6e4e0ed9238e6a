import JSON
import Testing

@testable import StreamReplay

/// Several streams of one server, and server-sent events.
@Suite(.serialized) struct ReplayServerStreamsTests {
    private static let accept = "Accept: text/event-stream\r\n"

    private func others(_ counts: [(GeneratedStream, Int)]) -> [ReplayedStream] {
        counts.map { ReplayedStream(name: $0.0.rawValue, material: .generated($0.0, count: $0.1, seed: 3)) }
    }

    /// The identifiers and data of so many events, each checked to be one of its own chunk.
    private func events(_ count: Int, of client: HTTPClient) throws -> [(identifier: Int?, data: String)] {
        try (0..<count).map { _ in
            let lines = try #require(try client.nextChunk()).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 4 && lines[2].isEmpty && lines[3].isEmpty)
            #expect(lines[0].hasPrefix("id: ") && lines[1].hasPrefix("data: "))
            return (Int(lines[0].dropFirst(4)), String(lines[1].dropFirst(6)))
        }
    }

    @Test func eachStreamHasItsPathItsMessagesAndItsStatus() async throws {
        let rsvps = Samples.messages(5)
        let streams = others([(.photos, 8), (.eventComments, 3)])
        try await withServer(.recordings([Samples.recording(rsvps)]), and: streams) { server in
            let photos = try WebSocketClient(port: server.port, "/2/photos")
            #expect(try photos.messages(8) == Samples.generated(8, seed: 3, of: .photos))
            try await waitUntil(server) { $0.published == 8 && !$0.isDone }
            #expect(try WebSocketClient(port: server.port, "/2/rsvps").messages(5) == rsvps)
            let comments = try HTTPClient(port: server.port, "/2/event_comments?since_count=3")
            #expect(try comments.messages(3) == Samples.generated(3, seed: 3, of: .eventComments))
            try await waitUntil(server) { $0.isDone }
            let status = try HTTPClient(port: server.port, "/status").body()
            #expect(status["published"]?.integer == 16)
            #expect(status["streams"]?["photos"]?["published"]?.integer == 8)
            #expect(status["streams"]?["event_comments"]?["http_clients"]?.integer == 1)
            #expect(try HTTPClient(port: server.port, "/2/photo").status == 404)
        }
    }

    @Test func aStreamWaitsForItsOwnClients() async throws {
        try await withServer(
            .generated(count: 4, seed: 1), and: others([(.photos, 4)]), { $0.awaitedClients = 1 }
        ) { server in
            let client = try HTTPClient(port: server.port, "/2/photos", extraHeaders: Self.accept)
            _ = try client.nextChunk()
            #expect(try events(4, of: client).map(\.identifier) == [0, 1, 2, 3])
            let status = try HTTPClient(port: server.port, "/status").body()
            #expect(status["streams"]?["rsvps"]?["published"]?.integer == 0)
            #expect(status["streams"]?["photos"]?["event_stream_clients"]?.integer == 1)
        }
    }

    @Test func allStreamsShareTheConnectionsOfAnAddress() async throws {
        try await withServer(
            .generated(count: 1, seed: 1), and: others([(.photos, 1)]), { $0.connectionsPerAddress = 2 }
        ) { server in
            let clients = try [
                WebSocketClient(port: server.port, "/2/rsvps"), WebSocketClient(port: server.port, "/2/photos"),
            ]
            #expect(clients.map(\.status) == [101, 101])
            #expect(try WebSocketClient(port: server.port, "/2/photos").status == 429)
            #expect(try HTTPClient(port: server.port, "/2/rsvps", extraHeaders: Self.accept).status == 429)
        }
    }

    @Test func serverSentEventsBeginWithTheTimeToWaitAndCarryNumbers() async throws {
        let messages = Samples.messages(6)
        try await withServer(.recordings([Samples.recording(messages)])) { server in
            let client = try HTTPClient(port: server.port, "/2/rsvps", extraHeaders: Self.accept)
            #expect(client.status == 200)
            #expect(try client.nextChunk() == ": ok\nretry: 1000\n\n")
            let all = try events(6, of: client)
            #expect(all.map(\.identifier) == Array(0..<6))
            #expect(all.map(\.data) == messages)
        }
    }

    @Test(arguments: [(0, 1), (3, 4), (4, 5), (-7, 0)])
    func aLastIdentifierBringsWhatCameAfterIt(last: Int, first: Int) async throws {
        let messages = Samples.messages(6)
        try await withServer(.recordings([Samples.recording(messages)])) { server in
            #expect(try WebSocketClient(port: server.port).messages(6) == messages)
            let client = try HTTPClient(
                port: server.port, "/2/rsvps?since_count=1", extraHeaders: Self.accept + "Last-Event-ID: \(last)\r\n")
            _ = try client.nextChunk()
            let all = try events(6 - first, of: client)
            #expect(all.map(\.identifier) == Array(first..<6))
            #expect(all.map(\.data) == Array(messages[first...]))
        }
    }

    /// An identifier of another run is newer than all: such a client has nothing to catch up with.
    @Test(arguments: [5, 1_000, Int.max]) func aLastIdentifierThatIsTheNewestOrUnknownBringsTheLiveFeed(
        last: Int
    ) async throws {
        let messages = Samples.messages(6)
        let client = try await withServer(.recordings([Samples.recording(messages)])) { server in
            #expect(try WebSocketClient(port: server.port).messages(6) == messages)
            let client = try HTTPClient(
                port: server.port, "/2/rsvps", extraHeaders: Self.accept + "Last-Event-ID: \(last)\r\n")
            _ = try client.nextChunk()
            return client
        }
        #expect(try client.nextChunk() == nil)
    }

    @Test func whatIsNoLongerKeptIsLeftOut() async throws {
        let messages = Samples.messages(20)
        try await withServer(.recordings([Samples.recording(messages)]), { $0.historyMessages = 8 }) { server in
            #expect(try WebSocketClient(port: server.port).messages(20) == messages)
            let client = try HTTPClient(
                port: server.port, "/2/rsvps", extraHeaders: Self.accept + "Last-Event-ID: 2\r\n")
            _ = try client.nextChunk()
            #expect(try events(8, of: client).map(\.identifier) == Array(12..<20))
        }
    }
}
