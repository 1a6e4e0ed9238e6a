import Testing

@testable import Transfer

@Suite struct WebSocketAddressTests {
    @Test(arguments: [
        ("ws://host", "http://host/", "host", "/"),
        ("ws://host:80/2/rsvps", "http://host:80/", "host", "/2/rsvps"),
        ("WSS://Host:443?a=b", "https://Host:443/", "Host", "/?a=b"),
        ("wss://host:8443/a?b=/c", "https://host:8443/", "host:8443", "/a?b=/c"),
        ("ws://host:443/", "http://host:443/", "host:443", "/"),
        ("ws://[::1]:9001/x", "http://[::1]:9001/", "[::1]:9001", "/x"),
    ])
    func takesAnAddressApart(url: String, connectionURL: String, host: String, target: String) throws {
        let address = try WebSocketAddress(url)
        #expect(address.connectionURL == connectionURL)
        #expect(address.host == host)
        #expect(address.target == target)
    }

    @Test(arguments: [
        "", "host", "http://host", "ws:/host", "ws://", "ws:///path", "ws://user@host/", "ws://host/#part",
        "ws://ho st/",
        "ws://host/\r\nX: y", "ws://höst/",
    ])
    func refusesAnythingElse(url: String) {
        #expect(throws: TransferError.self) { try WebSocketAddress(url) }
    }
}
