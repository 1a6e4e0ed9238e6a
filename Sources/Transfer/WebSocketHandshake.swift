import Cryptography

/// The opening handshake of a client (RFC 6455 section 4.1): the text of the request, and what its answer must be.
struct WebSocketHandshake {
    /// The longest head of an answer.
    static let maximumAnswerBytes = 16 * 1024
    /// The bytes of a nonce.
    static let nonceByteCount = 16

    let address: WebSocketAddress
    /// `Sec-WebSocket-Key`: the nonce in base 64.
    let key: String
    private let headers: [HTTPHeader]

    init(_ request: WebSocketRequest, nonce: [UInt8]) throws(TransferError) {
        precondition(nonce.count == Self.nonceByteCount, "a nonce of 16 bytes")
        if let wrong = request.headers.first(where: { !$0.isSendable }) {
            throw .invalidRequest("header '\(wrong.name)' holds characters that a header must not hold")
        }
        address = try WebSocketAddress(request.url)
        headers = request.headers
        key = Base64.encode(nonce)
    }

    /// The bytes of the request.
    var requestBytes: [UInt8] {
        var text = """
            GET \(address.target) HTTP/1.1\r
            Host: \(address.host)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: \(key)\r
            Sec-WebSocket-Version: 13\r

            """
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// What the server must answer to that key: proof that it speaks this protocol.
    static func acceptance(of key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// Checks the head of an answer, its blank line not included.
    func check(answer: some Collection<UInt8>) throws(TransferError) {
        guard let text = String(validating: answer, as: UTF8.self) else {
            throw .webSocketHandshake("it is not text")
        }
        var lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        guard !lines.isEmpty else { throw .webSocketHandshake("it is empty") }
        let status = lines.removeFirst().split(separator: " ", maxSplits: 2)
        guard status.count >= 2, status[0] == "HTTP/1.1", status[1].utf8.count == 3, let code = Int(status[1]) else {
            throw .webSocketHandshake("it does not begin with a status of HTTP/1.1")
        }
        guard code == 101 else { throw .webSocketRefused(status: code) }
        try check(fields: try lines.map { (line) throws(TransferError) in try Self.field(line) })
    }

    private func check(fields: [HTTPHeader]) throws(TransferError) {
        let values = { (name: String) in fields.filter { $0.name == name }.map(\.value) }
        let tokens = { (name: String) in
            values(name).flatMap { $0.lowercased().split(separator: ",").map(Self.trimmed) }
        }
        guard tokens("upgrade") == ["websocket"] else { throw .webSocketHandshake("'Upgrade' is not 'websocket'") }
        guard tokens("connection").contains("upgrade") else {
            throw .webSocketHandshake("'Connection' does not say 'Upgrade'")
        }
        guard values("sec-websocket-accept") == [Self.acceptance(of: key)] else {
            throw .webSocketHandshake("'Sec-WebSocket-Accept' does not answer the key")
        }
        for name in ["sec-websocket-extensions", "sec-websocket-protocol"]
        where values(name).contains(where: { $0 != "" }) {
            throw .webSocketHandshake("'\(name)' names what was not offered")
        }
    }

    private static func field(_ line: Substring) throws(TransferError) -> HTTPHeader {
        guard let colon = line.firstIndex(of: ":") else { throw .webSocketHandshake("a header line has no colon") }
        let header = HTTPHeader(line[..<colon].lowercased(), trimmed(line[line.index(after: colon)...]))
        guard header.isSendable else { throw .webSocketHandshake("a header line holds what it must not hold") }
        return header
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let end = text.lastIndex { !isBlank($0) }.map { text.index(after: $0) } ?? text.startIndex
        return String(text[..<end].drop(while: isBlank))
    }
}
