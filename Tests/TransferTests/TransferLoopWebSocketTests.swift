import Cryptography
import Glibc
import Synchronization
import Testing

@testable import Transfer

@Suite struct TransferLoopWebSocketTests {
    private let loop: TransferLoop

    init() throws {
        loop = try TransferLoop()
    }

    @Test func exchangesMessagesFragmentsAndPings() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            try connection.write(ServerFrame.bytes(1, Array("hal".utf8), isFinal: false))
            try connection.write(ServerFrame.bytes(9, [42]))
            #expect(try connection.readFrame() == (0x8A, [42]))
            try connection.write(ServerFrame.bytes(0, Array("ves".utf8)))
            let echo = try connection.readFrame()
            try connection.write(ServerFrame.bytes(echo.first & 0x0F, echo.payload))
            #expect(try connection.readFrame() == (0x89, [1, 2]))
            try connection.write(ServerFrame.bytes(10, [1, 2]))
            #expect(try connection.readFrame() == (0x88, [0x03, 0xE8] + Array("done".utf8)))
            try connection.write(ServerFrame.close(1000, "too"))
        }
        let (identifier, early) = try loop.openedWebSocket(WebSocketRequest(url: server.webSocketURL))
        #expect(early.isEmpty)
        #expect(
            try loop.events { if case .webSocketMessages = $0 { true } else { false } }.messages(of: identifier) == [
                Array("halves".utf8)
            ])
        loop.send(.binary([0xFF, 0x00]), to: identifier)
        let echo = try loop.events { if case .webSocketMessages = $0 { true } else { false } }
        guard case .webSocketMessages(identifier, [WebSocketMessage(kind: .binary, bytes: [0xFF, 0x00])]) = echo.last
        else {
            Issue.record("\(echo)")
            return
        }
        loop.send(.ping([1, 2]), to: identifier)
        _ = try loop.events { if case .webSocketPong(identifier, [1, 2]) = $0 { true } else { false } }
        loop.send(.close(code: 1000, reason: "done"), to: identifier)
        #expect(try loop.end(of: identifier).outcome == .success(WebSocketClosure(code: 1000, reason: "too")))
    }

    @Test func endsTheConnectionItselfWhenTheServerDoesNotAfterAClose() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket(then: ServerFrame.close(1000))
            _ = try connection.readFrame()
            #expect(connection.isAtEnd())
        }
        let start = MonotonicClock.now
        let request = WebSocketRequest(url: server.webSocketURL, closeTimeout: .milliseconds(100))
        #expect(try loop.end(of: loop.openWebSocket(request)).outcome == .success(WebSocketClosure(code: 1000)))
        #expect(MonotonicClock.now - start >= .milliseconds(100), "the server has its time to do so")
    }

    @Test func readsMessagesThatComeWithTheHandshake() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket(
                then: ServerFrame.text("a") + ServerFrame.text("b") + ServerFrame.close(1001))
            #expect(try connection.readFrame() == (0x88, [0x03, 0xE9]))
        }
        let (messages, outcome) = try loop.end(of: loop.openWebSocket(WebSocketRequest(url: server.webSocketURL)))
        #expect(messages == [[0x61], [0x62]])
        #expect(outcome == .success(WebSocketClosure(code: 1001)))
    }

    @Test func tellsOfAConnectionThatIsCut() throws {
        for isReset in [false, true] {
            let server = try LocalServer { connection in
                try connection.acceptWebSocket(then: ServerFrame.text("a"))
                #expect(try connection.readFrame() == (0x81, [0x62]))
                if isReset { connection.reset() }
            }
            let (identifier, _) = try loop.openedWebSocket(WebSocketRequest(url: server.webSocketURL))
            loop.send(.text([0x62]), to: identifier)
            let (_, outcome) = try loop.end(of: identifier)
            guard case .failure(.connectionLost) = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test func tellsTheServerWhatItBroke() throws {
        let close = Mutex<[UInt8]>([])
        let server = try LocalServer { connection in
            try connection.acceptWebSocket(then: ServerFrame.text("a") + ServerFrame.bytes(1, [0xFF]))
            let frame = try connection.readFrame()
            close.withLock { $0 = frame.payload }
        }
        let (messages, outcome) = try loop.end(of: loop.openWebSocket(WebSocketRequest(url: server.webSocketURL)))
        #expect(messages == [[0x61]])
        #expect(outcome == .failure(.webSocketViolation(closeCode: 1007, "a text is not UTF-8")))
        #expect(close.withLock { $0 } == [0x03, 0xEF])
    }

    @Test(arguments: [("HTTP/1.1 403 Forbidden\r\n\r\n", TransferError.webSocketRefused(status: 403))])
    func tellsOfARefusal(answer: String, error: TransferError) throws {
        let server = try LocalServer { connection in
            _ = try connection.readHead()
            try connection.write(answer)
        }
        let (_, outcome) = try loop.end(of: loop.openWebSocket(WebSocketRequest(url: server.webSocketURL)))
        #expect(outcome == .failure(error))
    }

    @Test func timesOutInTheHandshake() throws {
        let server = try LocalServer { connection in
            _ = try connection.readHead()
            #expect(connection.isAtEnd())
        }
        let request = WebSocketRequest(
            url: server.webSocketURL, connection: ConnectionOptions(connectTimeout: .milliseconds(100)))
        let (_, outcome) = try loop.end(of: loop.openWebSocket(request))
        #expect(outcome == .failure(.timedOut("the WebSocket handshake")))
    }

    @Test func timesOutWhenACloseIsNotAnswered() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            _ = try connection.readFrame()
            #expect(connection.isAtEnd())
        }
        let request = WebSocketRequest(url: server.webSocketURL, closeTimeout: .milliseconds(100))
        let (identifier, _) = try loop.openedWebSocket(request)
        loop.send(.close(code: 1000, reason: ""), to: identifier)
        #expect(try loop.end(of: identifier).outcome == .failure(.timedOut("the answer to a WebSocket close")))
    }

    @Test func tellsOfAPortWhereNothingListens() throws {
        let port = try LocalServer { _ in }.port
        let (_, outcome) = try loop.end(of: loop.openWebSocket(WebSocketRequest(url: "ws://127.0.0.1:\(port)/")))
        guard case .failure(.unreachable) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func refusesAnAddressOfAnotherScheme() throws {
        let (_, outcome) = try loop.end(of: loop.openWebSocket(WebSocketRequest(url: "http://127.0.0.1/")))
        guard case .failure(.invalidRequest) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func echoesAMessageLargerThanAnyBuffer() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            let frame = try connection.readFrame()
            try connection.write(ServerFrame.bytes(2, frame.payload))
            _ = connection.isAtEnd()
        }
        let request = WebSocketRequest(url: server.webSocketURL, maximumMessageBytes: 8 << 20)
        let (identifier, _) = try loop.openedWebSocket(request)
        let message = SecureRandom.bytes(1_000_001)
        loop.send(.binary(message), to: identifier)
        let events = try loop.events { if case .webSocketMessages = $0 { true } else { false } }
        #expect(events.messages(of: identifier) == [message])
        loop.cancel(identifier)
        #expect(try loop.wait(timeout: .zero).isEmpty)
    }

    @Test func staysOpenWhileRequestsGoToTheSameServer() throws {
        let server = try LocalServer { connection in
            let head = try connection.readHead()
            if let key = head.first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") })?.dropFirst(19) {
                try connection.write(ServerConnection.webSocketAnswer(key: String(key)))
                for _ in 0..<20 {
                    // Two messages for each ping: one of them waits unread while a request is made.
                    _ = try connection.readFrame()
                    try connection.write(ServerFrame.text("a") + ServerFrame.text("b"))
                }
                _ = connection.isAtEnd()
            } else {
                try connection.respond("ok", headers: "Connection: close\r\n")
            }
        }
        let (identifier, _) = try loop.openedWebSocket(WebSocketRequest(url: server.webSocketURL))
        var messages = 0
        for round in 1...20 {
            loop.send(.ping([]), to: identifier)
            let request = loop.begin(HTTPRequest(url: server.url))
            var isAnswered = false
            _ = try loop.events { event in
                switch event {
                case .webSocketMessages(_, let more): messages += more.count
                case .response(request, .success): isAnswered = true
                case .webSocketClosed(_, let outcome): Issue.record("closed: \(outcome)")
                default: break
                }
                return isAnswered && messages >= 2 * round
            }
            messages = 2 * round
        }
    }

    @Test func makesTheServerWaitWhilePaused() throws {
        let written = Mutex(0)
        let count = 64
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            let message = ServerFrame.bytes(2, [UInt8](repeating: 1, count: 1 << 20))
            for _ in 0..<count {
                try connection.write(message)
                written.withLock { $0 += 1 }
            }
            try connection.write(ServerFrame.close(1000))
        }
        let (identifier, early) = try loop.openedWebSocket(WebSocketRequest(url: server.webSocketURL))
        loop.pause(identifier)
        var received = early.count
        for _ in 0..<20 { received += try loop.wait(timeout: .milliseconds(10)).messages(of: identifier).count }
        #expect(received < count / 2)
        #expect(written.withLock { $0 } < count)
        loop.resume(identifier)
        let (messages, outcome) = try loop.end(of: identifier)
        #expect(received + messages.count == count)
        #expect(outcome == .success(WebSocketClosure(code: 1000)))
    }

    @Test func sleepsWhilePausedThoughTheConnectionBreaks() throws {
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            _ = try connection.readFrame()
            connection.reset()
        }
        let (identifier, _) = try loop.openedWebSocket(WebSocketRequest(url: server.webSocketURL))
        loop.pause(identifier)
        loop.send(.text([]), to: identifier)
        var waits = 0
        let limit = MonotonicClock.now + .milliseconds(200)
        while MonotonicClock.now < limit {
            _ = try loop.wait(timeout: limit - MonotonicClock.now)
            waits += 1
        }
        #expect(waits < 10, "no busy loop")
        loop.resume(identifier)
        let (_, outcome) = try loop.end(of: identifier)
        guard case .failure(.connectionLost) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func goesThroughAProxy() throws {
        let lines = Mutex<[String]>([])
        let proxy = try LocalServer { connection in
            let head = try connection.readHead()
            lines.withLock { $0 = head }
            try connection.write("HTTP/1.1 200 Connected\r\n\r\n")
            try connection.acceptWebSocket(then: ServerFrame.close(1000))
            _ = try connection.readFrame()
        }
        let request = WebSocketRequest(
            url: "ws://somewhere.invalid:1234/", connection: ConnectionOptions(proxy: proxy.url))
        let (_, outcome) = try loop.end(of: loop.openWebSocket(request))
        #expect(outcome == .success(WebSocketClosure(code: 1000)))
        #expect(lines.withLock { $0.first } == "CONNECT somewhere.invalid:1234 HTTP/1.1")
    }
}
