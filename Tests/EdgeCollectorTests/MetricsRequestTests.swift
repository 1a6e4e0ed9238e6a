import Testing

@testable import EdgeCollector

@Suite struct MetricsRequestTests {
    @Test(
        arguments: [
            ("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n", .get(path: "/metrics", isHead: false)),
            ("GET /metrics?a=b HTTP/1.0\n\n", .get(path: "/metrics", isHead: false)),
            ("HEAD / HTTP/1.1\r\n\r\nmore", .get(path: "/", isHead: true)),
            ("POST /metrics HTTP/1.1\r\n\r\n", .wrongMethod),
            ("GET /metrics HTTP/1.1\r\nhost: x\r\n", .incomplete), ("", .incomplete),
            ("\r\n\r\n", .malformed), ("GET /metrics\r\n\r\n", .malformed),
            ("GET metrics HTTP/1.1\r\n\r\n", .malformed),
            ("GET /a b HTTP/1.1\r\n\r\n", .malformed), ("GET / HTTP/2\r\n\r\n", .malformed),
            ("GET /\u{1} HTTP/1.1\r\n\r\n", .malformed), ("\u{16}\u{3}\u{1}\n\n", .malformed),
        ] as [(String, MetricsRequest)])
    func headIsUnderstood(text: String, request: MetricsRequest) {
        #expect(MetricsRequest(Array(text.utf8)) == request)
    }

    @Test func headHasALimit() {
        let line = "GET / HTTP/1.1\r\n"
        let most = MetricsRequest.maximumBytes - line.utf8.count - 4
        let whole = { (count: Int) in Array((line + String(repeating: "a", count: count) + "\r\n\r\n").utf8) }
        #expect(MetricsRequest(whole(most)) == .get(path: "/", isHead: false))
        #expect(MetricsRequest(whole(most + 1)) == .tooLarge)
        #expect(MetricsRequest([UInt8](repeating: 0x61, count: MetricsRequest.maximumBytes - 1)) == .incomplete)
        #expect(MetricsRequest([UInt8](repeating: 0x61, count: MetricsRequest.maximumBytes)) == .tooLarge)
    }
}
