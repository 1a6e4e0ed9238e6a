import Testing

@testable import Transfer

@Suite struct WebSocketSessionTests {
    private typealias Delivery = WebSocketSession.Delivery

    private func newSession() throws -> WebSocketSession {
        let request = WebSocketRequest(url: "ws://host/")
        let handshake = try WebSocketHandshake(request, nonce: WebSocketHandshakeTests.nonce)
        return WebSocketSession(handshake, maximumMessageBytes: 1000) { 0x0102_0304 }
    }

    private func openSession() throws -> WebSocketSession {
        var session = try newSession()
        _ = sent(&session)
        #expect(receive(&session, Array((WebSocketHandshakeTests.answer + "\r\n\r\n").utf8)) == [.opened])
        #expect(session.phase == .open)
        return session
    }

    private func receive(_ session: inout WebSocketSession, _ bytes: [UInt8]) -> [Delivery] {
        var deliveries: [Delivery] = []
        session.receive(bytes) { delivery in
            guard case .messages(let messages) = delivery else { return deliveries.append(delivery) }
            // Which of them come together does not matter.
            deliveries += messages.map { .messages([$0]) }
        }
        return deliveries
    }

    private func sent(_ session: inout WebSocketSession) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: session.output.count)
        let count = bytes.withUnsafeMutableBytes { session.output.take(into: $0) }
        #expect(count == bytes.count && session.output.isEmpty)
        return bytes
    }

    /// The frames that the session has queued, as opcode byte and payload.
    private func sentFrames(_ session: inout WebSocketSession) -> [[UInt8]] {
        var bytes = sent(&session)
        var frames: [[UInt8]] = []
        while let frame = ServerFrame.parseMasked(bytes) {
            frames.append([frame.first] + frame.payload)
            bytes.removeFirst(frame.byteCount)
        }
        #expect(bytes.isEmpty)
        return frames
    }

    @Test func sendsItsRequestFirst() throws {
        var session = try newSession()
        #expect(String(decoding: sent(&session), as: UTF8.self).hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(session.phase == .handshaking)
    }

    @Test func opensWithEverySplitOfAnswerAndFirstFrames() throws {
        let bytes =
            Array((WebSocketHandshakeTests.answer + "\r\n\r\n").utf8) + ServerFrame.text("a") + ServerFrame.text("b")
        for cut in 0...bytes.count {
            var session = try newSession()
            let deliveries = receive(&session, Array(bytes[..<cut])) + receive(&session, Array(bytes[cut...]))
            #expect(deliveries == [.opened, .message(.text, [0x61]), .message(.text, [0x62])], "cut at \(cut)")
        }
    }

    @Test func endsOnAWrongAnswer() throws {
        var session = try newSession()
        #expect(receive(&session, Array("HTTP/1.1 503 Busy\r\n\r\n".utf8)).isEmpty)
        #expect(session.phase == .ended)
        #expect(session.outcome == .failure(.webSocketRefused(status: 503)))
    }

    @Test func endsOnAnAnswerWithoutEnd() throws {
        var session = try newSession()
        let line = Array("X-Long: \(String(repeating: "a", count: 1000))\r\n".utf8)
        var count = 0
        while session.phase == .handshaking, count < 1 << 20 {
            #expect(receive(&session, line).isEmpty)
            count += line.count
        }
        #expect(count <= WebSocketHandshake.maximumAnswerBytes + line.count)
        #expect(session.phase == .ended)
    }

    @Test func answersPingsInOrderBetweenFragments() throws {
        var session = try openSession()
        let bytes =
            ServerFrame.bytes(1, [0x61], isFinal: false) + ServerFrame.bytes(9, [1]) + ServerFrame.bytes(9)
            + ServerFrame.bytes(0, [0x62])
        #expect(receive(&session, bytes) == [.message(.text, [0x61, 0x62])])
        #expect(sentFrames(&session) == [[0x8A, 1], [0x8A]])
    }

    @Test func leavesPingsUnansweredWhileTheServerTakesNothing() throws {
        var session = try openSession()
        let ping = ServerFrame.bytes(9, .init(repeating: 0, count: 125))
        for _ in 0..<10_000 { #expect(receive(&session, ping).isEmpty) }
        #expect(session.output.count > WebSocketSession.maximumBytesBeforePong)
        #expect(session.output.count < WebSocketSession.maximumBytesBeforePong + 200)
    }

    @Test func sendsEachKindOfContent() throws {
        var session = try openSession()
        session.send(.text([0x61]))
        session.send(.binary([0xFF]))
        session.send(.ping([7]))
        session.send(.close(code: 1000, reason: "done"))
        session.send(.text([0x62]))
        #expect(
            sentFrames(&session) == [
                [0x81, 0x61], [0x82, 0xFF], [0x89, 7], [0x88, 0x03, 0xE8] + Array("done".utf8),
            ])
        #expect(session.phase == .closing)
    }

    @Test func answersACloseAndWaitsForTheEnd() throws {
        var session = try openSession()
        #expect(receive(&session, ServerFrame.close(1001, "bye") + ServerFrame.text("late")).isEmpty)
        #expect(sentFrames(&session) == [[0x88, 0x03, 0xE9]])
        #expect(session.phase == .draining)
        #expect(receive(&session, ServerFrame.text("later")).isEmpty)
        session.connectionEnded("the server ended it")
        #expect(session.phase == .ended)
        #expect(session.outcome == .success(WebSocketClosure(code: 1001, reason: "bye")))
    }

    @Test func answersACloseWithoutCodeWithoutCode() throws {
        var session = try openSession()
        #expect(receive(&session, ServerFrame.bytes(8)).isEmpty)
        #expect(sentFrames(&session) == [[0x88]])
        #expect(session.outcome == .success(WebSocketClosure(code: 1005)))
    }

    @Test func takesMessagesUntilItsOwnCloseIsAnswered() throws {
        var session = try openSession()
        session.send(.close(code: 1000, reason: ""))
        _ = sent(&session)
        #expect(receive(&session, ServerFrame.text("a") + ServerFrame.bytes(9)) == [.message(.text, [0x61])])
        #expect(receive(&session, ServerFrame.close(1000)).isEmpty)
        #expect(sent(&session).isEmpty, "neither a pong nor a second close")
        #expect(session.phase == .draining)
        session.timeOut()
        #expect(session.phase == .ended)
        #expect(session.outcome == .success(WebSocketClosure(code: 1000)))
    }

    @Test func tellsTheServerWhatItBroke() throws {
        var session = try openSession()
        #expect(receive(&session, ServerFrame.text("a") + ServerFrame.bytes(1, [0xFF])) == [.message(.text, [0x61])])
        #expect(sentFrames(&session) == [[0x88, 0x03, 0xEF]])
        #expect(session.phase == .draining)
        session.connectionEnded("the server ended it")
        #expect(session.outcome == .failure(.webSocketViolation(closeCode: 1007, "a text is not UTF-8")))
    }

    @Test func losesAnOpenConnection() throws {
        var session = try openSession()
        session.timeOut()
        #expect(session.phase == .open, "an open WebSocket may be silent")
        session.connectionEnded("reset")
        #expect(session.outcome == .failure(.connectionLost("reset")))
    }

    @Test func timesOutInHandshakeAndClose() throws {
        var session = try newSession()
        session.timeOut()
        #expect(session.outcome == .failure(.timedOut("the WebSocket handshake")))
        session = try openSession()
        session.send(.close(code: 1000, reason: ""))
        session.timeOut()
        #expect(session.outcome == .failure(.timedOut("the answer to a WebSocket close")))
    }
}

extension WebSocketSession.Delivery {
    fileprivate static func message(_ kind: WebSocketMessageKind, _ bytes: ArraySlice<UInt8>) -> Self {
        .messages([WebSocketMessage(kind: kind, bytes: bytes)])
    }
}
