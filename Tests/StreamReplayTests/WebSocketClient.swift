/// A WebSocket connection to the server under test.
struct WebSocketClient {
    enum Frame: Equatable {
        case text(String)
        case pong([UInt8])
        case close(UInt16)
        case other(UInt8)
    }

    let status: Int
    let acceptance: String?
    let socket: SocketClient

    init(port: Int, _ target: String = "/2/rsvps", receiveBufferBytes: Int32? = nil) throws {
        socket = try SocketClient(port: port, receiveBufferBytes: receiveBufferBytes)
        // The key and its answer are those of RFC 6455 section 1.3.
        try socket.send(
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        let head = try HTTPClient.readHead(socket)
        status = head.status
        acceptance = head.headers["sec-websocket-accept"]
    }

    /// Sends one frame, masked as a client must.
    func send(opcode: UInt8, _ payload: [UInt8]) throws {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        precondition(payload.count < 126)
        let masked = payload.enumerated().map { $1 ^ mask[$0 % 4] }
        try socket.send([0x80 | opcode, 0x80 | UInt8(payload.count)] + mask + masked)
    }

    func next() throws -> Frame {
        let head = try socket.read(2)
        guard head[0] & 0xF0 == 0x80, head[1] & 0x80 == 0 else {
            throw SocketClient.Failure(description: "a fragmented or masked frame: \(head)")
        }
        var count = Int(head[1])
        if count >= 126 {
            count = try socket.read(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        let payload = try socket.read(count)
        switch head[0] & 0xF {
        case 0x1: return .text(String(decoding: payload, as: UTF8.self))
        case 0x8: return .close(payload.prefix(2).reduce(0) { $0 << 8 | UInt16($1) })
        case 0xA: return .pong(payload)
        case let opcode: return .other(opcode)
        }
    }

    /// So many text frames.
    func messages(_ count: Int) throws -> [String] {
        try (0..<count).map { _ in
            guard case .text(let text) = try next() else { throw SocketClient.Failure(description: "no text frame") }
            return text
        }
    }
}
