import Testing
import Transfer

@testable import EdgeCollector

@Suite struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
    private static let now: Int64 = 784_111_777_000

    @Test(
        arguments: [
            ("0", nil, Duration.zero), ("120", nil, .seconds(120)), ("99999999999999999999", nil, .seconds(1 << 32)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", nil, .seconds(10)), ("Sun, 06 Nov 1994 08:49:27 GMT", nil, .zero),
            // The answer's own date counts, whatever this machine's clock says.
            ("Mon, 07 Nov 1994 08:49:47 GMT", "Mon, 07 Nov 1994 08:49:37 GMT", .seconds(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", nil, .seconds(10)), ("Sun Nov  6 08:49:47 1994", nil, .seconds(10)),
            ("-5", nil, nil), ("+5", nil, nil), ("1.5", nil, nil), ("soon", nil, nil), ("", nil, nil),
            ("Sun, 06 Nov 1994 25:49:37 GMT", nil, nil),
        ] as [(String, String?, Duration?)])
    func secondsAndDatesAreUnderstood(text: String, date: String?, wait: Duration?) {
        var response = HTTPResponse(status: 503, headers: [HTTPHeader("Retry-After", text)])
        if let date { response.headers.append(HTTPHeader("Date", date)) }
        #expect(response.retryAfter(at: Self.now) == wait)
    }

    @Test func withoutTheHeaderNothingIsAskedFor() {
        #expect(HTTPResponse(status: 503).retryAfter(at: Self.now) == nil)
    }
}
