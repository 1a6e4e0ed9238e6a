import Testing

@testable import EdgeCollector

@Suite struct MetricsTextTests {
    @Test func samplesStandBehindHelpAndType() {
        var text = MetricsText()
        text.add(
            "a_total", .counter, "What it is.",
            [.init(labels: ["stream": "x"], value: 3), .init(labels: ["stream": "a\"b\\c\nd"], value: 0.5)])
        text.add("b", .gauge, "Another.", 1_790_000_000_123)
        text.add("c", .gauge, "None of it.", Int64?.none)
        text.add("d", .gauge, "None either.", [])
        text.add(
            "e", .summary, "Odd ones.", [.init(suffix: "_sum", value: .infinity), .init(suffix: "_count", value: .nan)])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == #"""
                # HELP a_total What it is.
                # TYPE a_total counter
                a_total{stream="x"} 3
                a_total{stream="a\"b\\c\nd"} 0.5
                # HELP b Another.
                # TYPE b gauge
                b 1790000000123
                # HELP e Odd ones.
                # TYPE e summary
                e_sum +Inf
                e_count NaN

                """#)
    }
}
