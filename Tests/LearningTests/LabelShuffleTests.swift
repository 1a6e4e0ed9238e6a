import Testing

@testable import Learning

@Suite struct LabelShuffleTests {
    @Test(arguments: [(10, 0), (10, 10), (1000, 1), (1000, 765)] as [(Int64, Int64)])
    func allLabelsAreDealtAndNoOthers(examples: Int64, positives: Int64) {
        var shuffle = LabelShuffle(examples: examples, positives: positives, seed: 1)
        let dealt = (0..<examples).map { _ in shuffle.next() }
        #expect(dealt.count { $0 } == positives)
        #expect(shuffle.next() == false)
    }

    @Test func aSeedGivesAnOrder() {
        func order(_ seed: UInt64) -> [Bool] {
            var shuffle = LabelShuffle(examples: 100, positives: 50, seed: seed)
            return (0..<100).map { _ in shuffle.next() }
        }
        #expect(order(1) == order(1))
        #expect(order(1) != order(2))
    }

    @Test func theGeneratorIsSplitMix64() {
        // The first outputs of the reference implementation for seed 1234567.
        var random = SplitMix64(state: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }
}
