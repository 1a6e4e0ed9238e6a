import Testing

@testable import Transfer

@Suite struct TransferLoopProxyTests {
    private static let schemes: [(scheme: String, kind: TestProxy.Kind)] = [
        ("http", .http), ("socks5", .socks5), ("socks5h", .socks5),
    ]

    private let loop: TransferLoop

    init() throws {
        loop = try TransferLoop()
    }

    private func options(_ scheme: String, _ proxy: TestProxy) -> ConnectionOptions {
        ConnectionOptions(proxy: "\(scheme)://127.0.0.1:\(proxy.port)")
    }

    @Test(arguments: schemes.indices)
    func webSocketGoesThroughATunnel(index: Int) throws {
        let (scheme, kind) = Self.schemes[index]
        let server = try LocalServer { connection in
            try connection.acceptWebSocket()
            let frame = try connection.readFrame()
            try connection.write(ServerFrame.bytes(frame.first & 0x0F, frame.payload) + ServerFrame.close(1000))
            _ = try connection.readFrame()
        }
        let proxy = try TestProxy(kind)
        let request = WebSocketRequest(url: server.webSocketURL, connection: options(scheme, proxy))
        let (identifier, _) = try loop.openedWebSocket(request)
        loop.send(.text(Array("through".utf8)), to: identifier)
        let end = try loop.end(of: identifier)
        #expect(end.messages == [Array("through".utf8)] && end.outcome == .success(WebSocketClosure(code: 1000)))
        #expect(proxy.requests.count == 1)
        #expect(proxy.requests[0].hasPrefix("CONNECT 127.0.0.1:\(server.port)"))
    }

    @Test(arguments: schemes.indices)
    func requestGoesThroughTheProxy(index: Int) throws {
        let (scheme, kind) = Self.schemes[index]
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.respond("there", headers: "Connection: close\r\n")
        }
        let proxy = try TestProxy(kind)
        let request = HTTPRequest(url: "\(server.url)/a", connection: options(scheme, proxy))
        let response = try loop.result(of: loop.begin(request)).get()
        #expect(response.status == 200 && response.body == Array("there".utf8))
        #expect(proxy.requests.count == 1 && server.connectionCount == 1)
        let asked = kind == .http ? "GET \(server.url)/a" : "CONNECT 127.0.0.1:\(server.port)"
        #expect(proxy.requests[0].hasPrefix(asked))
    }

    @Test(arguments: schemes.indices)
    func proxyThatRefusesIsAFailureOfTheConnection(index: Int) throws {
        let (scheme, kind) = Self.schemes[index]
        let proxy = try TestProxy(kind, refuses: true)
        let request = WebSocketRequest(url: "ws://127.0.0.1:9/", connection: options(scheme, proxy))
        switch try loop.end(of: loop.openWebSocket(request)).outcome {
        case .failure(.unreachable), .failure(.connectionLost): break
        case let outcome: Issue.record("\(outcome)")
        }
        #expect(proxy.requests.count == 1)
    }
}
