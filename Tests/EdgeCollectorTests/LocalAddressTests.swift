import Testing

@testable import EdgeCollector

@Suite struct LocalAddressTests {
    @Test(arguments: ["127.0.0.1:9464", "127.1.2.3:0", "[::1]:65535"])
    func loopbackIsUnderstood(text: String) throws {
        let address = try #require(LoopbackAddress(text))
        #expect("\(address)" == text)
    }

    @Test(arguments: [
        "0.0.0.0:9464", "192.168.1.2:9464", "[::]:9464", "[::2]:1", "::1:1", "localhost:9464", "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.evil.example:1", "127.0.0:1", ":1", "",
    ])
    func anythingElseIsNot(text: String) {
        #expect(LoopbackAddress(text) == nil)
    }

    @Test func unixAddressHasALimit() {
        let longest = "/" + String(repeating: "x", count: UnixAddress.maximumPathBytes - 1)
        #expect(UnixAddress(longest) != nil && UnixAddress(longest + "x") == nil)
        #expect(UnixAddress("@name") != nil)
        for text in ["", "/", "@", "relative", "/a\0b"] { #expect(UnixAddress(text) == nil) }
    }
}
