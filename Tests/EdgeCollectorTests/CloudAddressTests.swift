import Testing

@testable import EdgeCollector

@Suite struct CloudAddressTests {
    @Test(arguments: [
        ("https://cloud.example:8443", "cloud.example:8443"), ("https://Cloud.Example/", "cloud.example"),
        ("HTTPS://127.0.0.1:443", "127.0.0.1"), ("https://[::1]:8443", "[::1]:8443"), ("https://[::1]", "[::1]"),
    ])
    func authorityIsWhatIsSigned(text: String, authority: String) {
        #expect(CloudAddress(text)?.authority == authority)
        #expect(CloudAddress(text)?.url("/v1", query: "a=1") == "https://\(authority)/v1?a=1")
    }

    @Test(arguments: [
        "", "https://", "http://host", "host:8443", "https://host/path", "https://host:0", "https://host:x",
        "https://a@b", "https://:8443", "https://a b",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(CloudAddress(text) == nil)
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2028 23:59:59 GMT", 1_835_481_599_000),
    ])
    func dateIsRead(text: String, milliseconds: Int64) {
        #expect(HTTPDate.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49:37 94", "Sun, 06 Nov 1994 25:49:37 GMT",
    ])
    func otherFormsAreNot(text: String) {
        #expect(HTTPDate.milliseconds(text) == nil)
    }
}
