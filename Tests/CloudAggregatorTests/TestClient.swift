import NIOCore
import NIOPosix
import NIOSSL

/// Speaks HTTP/1.1 byte by byte, so that it can also say what no decent client would.
struct TestClient: Sendable {
    let port: Int
    /// The PEM file of the authority, nil for a server without TLS.
    let authority: String?

    struct NoAnswer: Error {}

    /// The bytes of a request; `Host` and `Content-Length` are added unless given.
    static func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [], host: String
    ) -> [UInt8] {
        let given = Set(headers.map { $0.0.lowercased() })
        var text = "\(method) \(path) HTTP/1.1\r\n"
        if !given.contains("host") { text += "Host: \(host)\r\n" }
        if !given.contains("content-length"), !given.contains("transfer-encoding") {
            text += "Content-Length: \(body.count)\r\n"
        }
        for (name, value) in headers where !value.isEmpty { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8) + body
    }

    /// Sends a request on a connection of its own and returns the answer.
    func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> TestResponse {
        let request = Self.request(method, path, headers: headers, body: body, host: "127.0.0.1:\(port)")
        var received: [UInt8] = []
        try await converse(request) { bytes in
            received = bytes
            return TestResponse(bytes) != nil
        }
        guard let response = TestResponse(received, isClosed: true) else { throw NoAnswer() }
        return response
    }

    /// Sends bytes and ends the connection.
    func cut(_ bytes: [UInt8]) async throws {
        let channel = try await connect()
        try await channel.executeThenClose { _, outbound in try await outbound.write(ByteBuffer(bytes: bytes)) }
    }

    /// Sends bytes and hands over all that was received so far, until `isEnough` or the connection ends.
    func converse(_ bytes: [UInt8], isEnough: ([UInt8]) -> Bool) async throws {
        let channel = try await connect()
        var received: [UInt8] = []
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: bytes))
                for try await buffer in inbound {
                    received += buffer.readableBytesView
                    if isEnough(received) { return }
                }
            }
        } catch {
            // A connection that is cut counts by what came before.
            guard !received.isEmpty else { throw error }
            _ = isEnough(received)
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let context = try authority.map { path in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(path)
            return try NIOSSLContext(configuration: configuration)
        }
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }
}
