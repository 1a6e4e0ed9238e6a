import Testing

@testable import CloudAggregator

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:443", "::1", 443),
        ("0.0.0.0:65535", "0.0.0.0", 65_535),
    ])
    func readsHostAndPort(text: String, host: String, port: Int) {
        let address = ListenAddress(text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address?.description == text)
    }

    @Test(arguments: ["", "8080", ":8080", "localhost", "localhost:65536", "localhost:-1", "::1:80", "a b:80"])
    func refusesWhatIsNoAddress(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.1", true), ("localhost", true), ("::1", true), ("0.0.0.0", false),
        ("127.0.0.1.example.org", false), ("127.0.0", false), ("192.168.1.2", false), ("::", false),
    ])
    func knowsLoopback(host: String, isLoopback: Bool) {
        #expect(ListenAddress(host: host, port: 1).isLoopback == isLoopback)
    }
}
