import JSON
import Testing

@testable import StreamReplay

@Suite(.serialized) struct ReplayServerTests {
    @Test func clientsGetEveryMessageInOrder() async throws {
        let expected = Samples.generated(3_000, seed: 11)
        try await withServer(.generated(count: 3_000, seed: 11), { $0.awaitedClients = 3 }) { server in
            let http = try HTTPClient(port: server.port, "/2/rsvps")
            let clients = try (0..<3).map { _ in try WebSocketClient(port: server.port) }
            #expect(http.status == 200)
            #expect(clients.allSatisfy { $0.status == 101 && $0.acceptance == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" })
            for client in clients { #expect(try client.messages(3_000) == expected) }
            #expect(try http.messages(3_000) == expected)
            try await waitUntil(server) { $0.isDone }
            #expect(try await server.status().published == 3_000)
        }
    }

    @Test func twoRecordingsAndRepetitionPlayOneAfterAnother() async throws {
        let samples = Samples.messages(10)
        let recordings = try [Samples.recording(Array(samples[..<6])), Samples.recording(Array(samples[6...]))]
        try await withServer(.recordings(recordings), { $0.atEnd = .repetition }) { server in
            let client = try WebSocketClient(port: server.port)
            #expect(try client.messages(25) == samples + samples + samples.prefix(5))
        }
    }

    @Test func repeatedMaterialWithoutAMessageEnds() async throws {
        try await withServer(.generated(count: 0, seed: 1), { $0.atEnd = .repetition }) { server in
            _ = try WebSocketClient(port: server.port)
            try await waitUntil(server) { $0.isDone }
        }
    }

    @Test func theSlowestClientHoldsTheReplayAndLosesNothing() async throws {
        let count = 12_000
        let expected = Samples.messages(count, padding: 4_000)
        try await withServer(.recordings([Samples.recording(expected)]), { $0.awaitedClients = 2 }) { server in
            let slow = try WebSocketClient(port: server.port, receiveBufferBytes: 65_536)
            let fast = try WebSocketClient(port: server.port, receiveBufferBytes: 65_536)
            #expect(try fast.messages(500) == Array(expected[..<500]))
            for start in stride(from: 0, to: count, by: 500) {
                // What is out beyond the slow one lies in its queue and in the sockets' buffers: some 2,000 messages.
                if start == count / 2 { #expect(try await server.status().published < count) }
                #expect(try slow.messages(500) == Array(expected[start..<start + 500]))
                let end = start + 1_000
                if end <= count { #expect(try fast.messages(500) == Array(expected[start + 500..<end])) }
            }
            #expect(try await server.status().dropped == 0)
        }
    }

    @Test func withoutClientsAnUnlimitedReplayStandsStill() async throws {
        let samples = Samples.messages(5)
        try await withServer(.recordings([Samples.recording(samples)])) { server in
            let status = try HTTPClient(port: server.port, "/status").body()
            #expect(status["published"]?.integer == 0)
            let client = try WebSocketClient(port: server.port)
            #expect(try client.messages(5) == samples)
        }
    }

    @Test func atAFixedRateAClientThatIsTooSlowIsDisconnected() async throws {
        try await withServer(
            .recordings([Samples.recording(Samples.messages(20_000, padding: 2_000))]),
            {
                $0.pace = .rate(1_000_000)
                $0.queueBytes = 1 << 20
                $0.awaitedClients = 1
            }
        ) { server in
            let client = try WebSocketClient(port: server.port, receiveBufferBytes: 16_384)
            try await waitUntil(server) { $0.dropped == 1 && $0.webSocketClients == 0 }
            #expect(throws: SocketClient.Failure.self) { _ = try client.messages(20_000) }
            try await waitUntil(server) { $0.published == 20_000 }
        }
    }

    @Test func shutdownSaysGoingAwayAndEndsTheChunks() async throws {
        let samples = Samples.messages(4)
        let recording = try Samples.recording(samples)
        let (webSocket, http) = try await withServer(.recordings([recording]), { $0.awaitedClients = 1 }) { server in
            let http = try HTTPClient(port: server.port, "/2/rsvps")
            let webSocket = try WebSocketClient(port: server.port)
            try await waitUntil(server) { $0.isDone }
            return (webSocket, http)
        }
        #expect(try webSocket.messages(4) == samples)
        #expect(try webSocket.next() == .close(1_001))
        #expect(try http.messages(4) == samples)
        #expect(try http.nextChunk() == nil)
    }

    @Test func pingsAreAnsweredAndACloseIsCompleted() async throws {
        try await withServer(.generated(count: 1, seed: 1), { $0.awaitedClients = 2 }) { server in
            let client = try WebSocketClient(port: server.port)
            try client.send(opcode: 0x1, Array("has no effect".utf8))
            try client.send(opcode: 0x9, [1, 2, 3])
            #expect(try client.next() == .pong([1, 2, 3]))
            try client.send(opcode: 0x8, [0x03, 0xE8])
            #expect(try client.next() == .close(1_000))
            #expect(try client.socket.isAtEnd())
            try await waitUntil(server) { $0.webSocketClients == 0 }
        }
    }

    @Test func anAddressHasALimitOfConnections() async throws {
        try await withServer(.generated(count: 1, seed: 1), { $0.connectionsPerAddress = 2 }) { server in
            var clients = try [WebSocketClient(port: server.port), WebSocketClient(port: server.port)]
            #expect(clients.map(\.status) == [101, 101])
            #expect(try WebSocketClient(port: server.port).status == 429)
            let refused = try HTTPClient(port: server.port, "/2/rsvps")
            #expect(refused.status == 429)
            let body = try refused.body()
            #expect(body["errors"]?.array?.isEmpty == false)
            clients.removeLast()
            try await waitUntil(server) { $0.webSocketClients == 1 }
            #expect(try WebSocketClient(port: server.port).status == 101)
        }
    }

    @Test func otherPathsAndMethodsAreRefusedWithAnErrorsObject() async throws {
        try await withServer(.generated(count: 1, seed: 1)) { server in
            for (method, target, status) in [
                ("GET", "/2/photos", 404), ("GET", "/", 404), ("GET", "/2/rsvps/", 404), ("POST", "/2/rsvps", 405),
            ] {
                let answer = try HTTPClient(port: server.port, target, method: method)
                #expect(answer.status == status)
                #expect(try answer.body()["errors"] != nil)
            }
            #expect(try WebSocketClient(port: server.port, "/2/photos").status == 404)
        }
    }

    @Test func theStatusTellsMessagesClientsAndEnd() async throws {
        try await withServer(.generated(count: 7, seed: 1)) { server in
            let client = try WebSocketClient(port: server.port)
            #expect(try client.messages(7).count == 7)
            try await waitUntil(server) { $0.isDone }
            let status = try HTTPClient(port: server.port, "/status").body()
            #expect(status["streams"]?["rsvps"]?["published"]?.integer == 7)
            #expect(status["published"]?.integer == 7)
            #expect(status["clients"]?.integer == 1)
            #expect(status["done"]?.boolean == true)
        }
    }

    @Test func aPortInUseIsAnErrorThatNamesIt() async throws {
        try await withServer(.generated(count: 1, seed: 1)) { server in
            await #expect(throws: ReplayError.self) {
                try await withServer(.generated(count: 1, seed: 1), { $0.port = server.port }) { _ in }
            }
        }
    }
}
