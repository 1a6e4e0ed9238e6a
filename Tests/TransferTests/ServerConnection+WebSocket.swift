@testable import Transfer

extension ServerConnection {
    /// Reads a client's handshake and answers it; `more` goes out in the same piece.
    func acceptWebSocket(then more: [UInt8] = []) throws {
        let head = try readHead()
        let prefix = "Sec-WebSocket-Key: "
        let key = head.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } ?? ""
        try write(Array(Self.webSocketAnswer(key: key).utf8) + more)
    }

    static func webSocketAnswer(key: String) -> String {
        """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: \(WebSocketHandshake.acceptance(of: key))\r
        \r

        """
    }

    /// Reads one masked frame of a client.
    func readFrame() throws -> (first: UInt8, payload: [UInt8]) {
        let head = try read(2)
        guard head[1] & 0x80 != 0 else { throw Ended() }
        var count = Int(head[1] & 0x7F)
        if count >= 126 { count = try read(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
        let key = try read(4)
        let masked = try read(count)
        return (head[0], masked.enumerated().map { $1 ^ key[$0 & 3] })
    }
}
