import Testing

@testable import Transfer

@Suite struct WebSocketHandshakeTests {
    /// The nonce of RFC 6455 section 1.3.
    static let nonce = Array("the sample nonce".utf8)
    static let answer = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
        """

    private func handshake(headers: [HTTPHeader] = []) throws -> WebSocketHandshake {
        try WebSocketHandshake(
            WebSocketRequest(url: "ws://server.example.com/chat?a=b", headers: headers), nonce: Self.nonce)
    }

    @Test func answersTheExampleOfTheStandard() throws {
        #expect(try handshake().key == "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(WebSocketHandshake.acceptance(of: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        try handshake().check(answer: Self.answer.utf8)
    }

    @Test func writesTheRequest() throws {
        let request = try handshake(headers: [HTTPHeader("User-Agent", "waystation"), HTTPHeader("X-Empty", "")])
        let expected = """
            GET /chat?a=b HTTP/1.1\r
            Host: server.example.com\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            User-Agent: waystation\r
            X-Empty: \r
            \r

            """
        #expect(String(decoding: request.requestBytes, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        HTTPHeader("X", "a\r\nY: b"), HTTPHeader("X", "a\0"), HTTPHeader("", "a"), HTTPHeader("X:", "a"),
        HTTPHeader("X Y", "a"),
    ])
    func refusesAHeaderThatWouldBecomeAnother(header: HTTPHeader) {
        #expect(throws: TransferError.self) { try handshake(headers: [header]) }
    }

    @Test(arguments: [
        ("Upgrade: websocket", "upgrade:WebSocket  "),
        ("Connection: Upgrade", "connection:\tkeep-alive, upgrade"),
        ("Switching Protocols", ""),
        ("HTTP/1.1 101 Switching Protocols", "HTTP/1.1 101"),
        ("Connection: Upgrade", "Connection: Upgrade\r\nServer: x\r\nSec-WebSocket-Extensions:"),
    ])
    func acceptsWhatMeansTheSame(part: String, other: String) throws {
        try handshake().check(answer: replace(part, other).utf8)
    }

    @Test(arguments: [
        ("HTTP/1.1 101", "HTTP/1.0 101"), ("HTTP/1.1 101", "HTTP/1.1 1O1"), ("HTTP/1.1 101", "HTTP/1.1 0101"),
        ("Upgrade: websocket\r\n", ""), ("Upgrade: websocket", "Upgrade: h2c"),
        ("Connection: Upgrade\r\n", ""), ("Connection: Upgrade", "Connection: close"),
        ("s3pP", "S3pP"), ("Sec-WebSocket-Accept", "X-Accept"),
        ("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate"),
        ("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Protocol: chat"),
        ("Connection: Upgrade", "Connection: Upgrade\r\nno colon"),
        ("Connection: Upgrade", "Connection: Upgrade\r\n folded: line"),
        ("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ])
    func refusesAWrongAnswer(part: String, other: String) throws {
        let handshake = try handshake()
        #expect {
            try handshake.check(answer: replace(part, other).utf8)
        } throws: { error in
            if case .webSocketHandshake = error as? TransferError { true } else { false }
        }
    }

    @Test func refusesAnAnswerThatIsNoText() throws {
        let handshake = try handshake()
        #expect(throws: TransferError.webSocketHandshake("it is not text")) {
            try handshake.check(answer: Array(Self.answer.utf8) + [0xFF])
        }
    }

    @Test(arguments: [200, 301, 400, 401, 403, 429, 503])
    func namesTheStatusOfARefusal(status: Int) throws {
        let handshake = try handshake()
        #expect(throws: TransferError.webSocketRefused(status: status)) {
            try handshake.check(answer: replace("101", "\(status)").utf8)
        }
    }

    private func replace(_ part: String, _ other: String) -> String {
        guard let range = Self.answer.firstRange(of: part) else {
            Issue.record("the answer has no '\(part)'")
            return ""
        }
        return Self.answer.replacingCharacters(in: range, with: other)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with other: String) -> String {
        self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
