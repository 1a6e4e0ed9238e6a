import JSON

/// One GET request and its answer, whole or in chunks.
struct HTTPClient {
    let status: Int
    private let headers: [String: String]
    private let socket: SocketClient

    init(port: Int, _ target: String, method: String = "GET", extraHeaders: String = "") throws {
        socket = try SocketClient(port: port)
        try socket.send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(extraHeaders)\r\n")
        (status, headers) = try Self.readHead(socket)
    }

    static func readHead(_ socket: SocketClient) throws -> (status: Int, headers: [String: String]) {
        let statusLine = try socket.readLine()
        guard let status = Int(statusLine.dropFirst(9).prefix(3)) else {
            throw SocketClient.Failure(description: "no status line: \(statusLine)")
        }
        var headers: [String: String] = [:]
        while true {
            let line = try socket.readLine()
            guard !line.isEmpty else { return (status, headers) }
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
    }

    /// The whole body of an answer that has a length.
    func body() throws -> JSONValue {
        guard let length = Int(headers["content-length"] ?? "") else {
            throw SocketClient.Failure(description: "no Content-Length")
        }
        return try JSONValue(parsing: try socket.read(length))
    }

    /// The next chunk of a stream; nil at the last one.
    func nextChunk() throws -> String? {
        guard let count = Int(try socket.readLine(), radix: 16) else {
            throw SocketClient.Failure(description: "no chunk length")
        }
        let bytes = try socket.read(count)
        _ = try socket.readLine()
        return count == 0 ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// So many messages, each checked to be one chunk with its line feed, which is taken off.
    func messages(_ count: Int) throws -> [String] {
        try (0..<count).map { _ in
            guard let chunk = try nextChunk(), chunk.hasSuffix("\n") else {
                throw SocketClient.Failure(description: "no message in a chunk of its own")
            }
            return String(chunk.dropLast())
        }
    }
}
