import JSON
import Testing

@testable import StreamReplay

/// The parameters with which a client gets what was published before it came.
@Suite(.serialized) struct ReplayServerResumeTests {
    /// A server whose replay is over. What `body` returns is called when the server has ended all its streams.
    private func withPublished(
        _ messages: [String], history: Int = 1_000, _ body: (ReplayServer) async throws -> () throws -> Void
    ) async throws {
        let change: (inout ReplayConfiguration) -> Void = { $0.historyMessages = history }
        let whenClosed = try await withServer(.recordings([Samples.recording(messages)]), change) { server in
            #expect(try WebSocketClient(port: server.port).messages(messages.count) == messages)
            try await waitUntil(server) { $0.isDone && $0.webSocketClients == 0 }
            return try await body(server)
        }
        try whenClosed()
    }

    @Test func sinceTimeIsExclusiveAndKeepsTheOrderOfArrival() async throws {
        // Times as they come: 5, 3, 9, 1, 7, none; and one more connection must show that nothing follows.
        let messages = [5, 3, 9, 1, 7].map { #"{"mtime":\#($0)}"# } + [#"{"id":1}"#]
        try await withPublished(messages) { server in
            let client = try HTTPClient(port: server.port, "/2/rsvps?since_mtime=3")
            #expect(try client.messages(3) == [messages[0], messages[2], messages[4]])
            return { () throws -> Void in #expect(try client.nextChunk() == nil) }
        }
    }

    @Test(arguments: [0, 1, 4, 9, 50])
    func sinceCountGivesTheLast(count: Int) async throws {
        let messages = Samples.messages(9)
        try await withPublished(messages) { server in
            let client = try HTTPClient(port: server.port, "/2/rsvps?since_count=\(count)")
            #expect(try client.messages(min(count, 9)) == Array(messages.suffix(count)))
            return { () throws -> Void in #expect(try client.nextChunk() == nil) }
        }
    }

    @Test func eventIdentityFiltersAndCountsOnlyMatches() async throws {
        let messages = Samples.messages(12)
        let ofB = messages.filter { $0.contains(#""b""#) }
        try await withPublished(messages) { server in
            let last = try HTTPClient(port: server.port, "/2/rsvps?since_count=2&event_id=b")
            #expect(try last.messages(2) == ofB.suffix(2))
            let since = try HTTPClient(port: server.port, "/2/rsvps?event_id=%62&since_mtime=4000")
            #expect(try since.messages(2) == ofB.suffix(2))
            return { () throws -> Void in
                #expect(try last.nextChunk() == nil)
                #expect(try since.nextChunk() == nil)
            }
        }
    }

    @Test func eventIdentityFiltersTheLiveFeed() async throws {
        let messages = Samples.messages(300)
        try await withServer(.recordings([Samples.recording(messages)]), { $0.awaitedClients = 1 }) { server in
            let http = try HTTPClient(port: server.port, "/2/rsvps?event_id=c")
            let webSocket = try WebSocketClient(port: server.port, "/2/rsvps?event_id=c")
            #expect(try webSocket.messages(300) == messages)
            #expect(try http.messages(100) == messages.filter { $0.contains(#""c""#) })
        }
    }

    @Test(arguments: [
        "since_mtime=1&since_count=1", "since_mtime=soon", "since_count=-1", "since_count=", "event_id=%4",
    ])
    func wrongParametersAreRefusedWithAnErrorsObject(query: String) async throws {
        try await withServer(.generated(count: 1, seed: 1)) { server in
            let answer = try HTTPClient(port: server.port, "/2/rsvps?\(query)")
            #expect(answer.status == 400)
            #expect(try answer.body()["errors"]?.array?.count == 1)
        }
    }

    @Test func onTheWebSocketTheParametersHaveNoEffect() async throws {
        try await withPublished(Samples.messages(9)) { server in
            let client = try WebSocketClient(port: server.port, "/2/rsvps?since_mtime=0&since_count=5")
            #expect(client.status == 101)
            return { () throws -> Void in #expect(try client.next() == .close(1_001)) }
        }
    }

    /// Wherever in the replay the client comes, old and new messages must meet without a gap or a repetition.
    @Test func theLiveFeedGoesOnWherePublishedMessagesEnd() async throws {
        let messages = Samples.messages(400)
        try await withServer(.recordings([Samples.recording(messages)]), { $0.pace = .rate(1_000) }) { server in
            var clients: [HTTPClient] = []
            for joined in [0, 1, 100, 250, 400] {
                try await waitUntil(server) { $0.published >= joined }
                clients.append(try HTTPClient(port: server.port, "/2/rsvps?since_mtime=0"))
            }
            for client in clients { #expect(try client.messages(400) == messages) }
        }
    }

    @Test func catchingUpWithAnUnlimitedReplayLosesNothing() async throws {
        let count = 12_000
        let expected = Samples.messages(count, padding: 2_000)
        try await withServer(.recordings([Samples.recording(expected)]), { $0.historyMessages = 6_000 }) { server in
            let ahead = try WebSocketClient(port: server.port)
            #expect(try ahead.messages(3_000) == Array(expected[..<3_000]))
            let behind = try HTTPClient(port: server.port, "/2/rsvps?since_count=1000000")
            let first = try behind.messages(1)
            var reached = try #require(expected.firstIndex(of: first[0])) + 1
            for end in stride(from: 3_000, through: count, by: 500) {
                if end > 3_000 { #expect(try ahead.messages(500) == Array(expected[end - 500..<end])) }
                guard end > reached else { continue }
                #expect(try behind.messages(end - reached) == Array(expected[reached..<end]))
                reached = end
            }
        }
    }

    @Test func onlyTheNewestMessagesAreKept() async throws {
        let messages = Samples.messages(20)
        try await withPublished(messages, history: 8) { server in
            let client = try HTTPClient(port: server.port, "/2/rsvps?since_mtime=0")
            #expect(try client.messages(8) == messages.suffix(8))
            return { () throws -> Void in #expect(try client.nextChunk() == nil) }
        }
    }
}
