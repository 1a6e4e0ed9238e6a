import Testing

@testable import EdgeCollector

@Suite struct BackoffTests {
    @Test func boundDoublesUntilTheLimit() {
        var backoff = Backoff(first: .seconds(1), limit: .seconds(10))
        var random = SeededGenerator(seed: 7)
        for bound in [1, 2, 4, 8, 10, 10] {
            let wait = backoff.next(using: &random)
            #expect(wait >= .zero && wait <= .seconds(bound))
        }
        #expect(backoff.failures == 6)
        backoff.reset()
        #expect(backoff.next(using: &random) <= .seconds(1))
    }

    @Test func waitsSpreadOverTheWholeRange() {
        var random = SeededGenerator(seed: 11)
        var waits: [Duration] = []
        for _ in 0..<200 {
            var backoff = Backoff(first: .seconds(8), limit: .seconds(8))
            waits.append(backoff.next(using: &random))
        }
        #expect(waits.count { $0 < .seconds(2) } > 20)
        #expect(waits.count { $0 > .seconds(6) } > 20)
    }
}
