import Testing

@testable import CloudAggregator

extension Array: GatheringGroup {}

@Suite struct GroupCollectorTests {
    private func collector(count: Int, bytes: Int = 100, capacity: Int = 10) -> GroupCollector<[Int]> {
        GroupCollector(limits: .init(count: count, bytes: bytes), capacity: capacity) { [] }
    }

    private func merged(_ action: GroupCollector<[Int]>.Action) -> [Int]? {
        if case .merge(let group) = action { group } else { nil }
    }

    private func delay(_ action: GroupCollector<[Int]>.Action) -> Int? {
        if case .startDelay(let number) = action { number } else { nil }
    }

    @Test func aLoneElementWaitsForTheDelay() throws {
        var collector = collector(count: 3)
        let number = try #require(delay(collector.add(1, bytes: 1)))
        #expect(merged(collector.delayIsOver(number)) == [1])
    }

    @Test func aFullGroupGoesAtOnceAndItsDelayMeansNothingAnyMore() throws {
        var collector = collector(count: 2)
        let number = try #require(delay(collector.add(1, bytes: 1)))
        #expect(merged(collector.add(2, bytes: 1)) == [1, 2])
        _ = collector.mergeIsOver()
        #expect(delay(collector.add(3, bytes: 1)) != nil)
        #expect(merged(collector.delayIsOver(number)) == nil)
    }

    @Test func oneGroupIsMergedAtATimeAndWhatIsDueFollows() throws {
        var collector = collector(count: 2)
        _ = collector.add(1, bytes: 1)
        #expect(merged(collector.add(2, bytes: 1)) == [1, 2])
        let number = try #require(delay(collector.add(3, bytes: 1)))
        #expect(merged(collector.delayIsOver(number)) == nil)
        #expect(merged(collector.mergeIsOver()) == [3])
    }

    @Test func whatWaitedBehindAFullGroupDoesNotWaitAgain() {
        var collector = collector(count: 2)
        for element in 1...5 { _ = collector.add(element, bytes: 1) }
        #expect(merged(collector.mergeIsOver()) == [3, 4])
        #expect(merged(collector.mergeIsOver()) == [5])
        #expect(merged(collector.mergeIsOver()) == nil)
    }

    @Test func aGroupIsFullWhenItsBytesAre() {
        var collector = collector(count: 8, bytes: 10)
        _ = collector.add(1, bytes: 4)
        #expect(merged(collector.add(2, bytes: 6)) == [1, 2])
        _ = collector.add(3, bytes: 4)
        _ = collector.add(4, bytes: 5)
        _ = collector.add(5, bytes: 5)
        #expect(merged(collector.mergeIsOver()) == [3, 4], "the fifth would be too much")
        #expect(merged(collector.mergeIsOver()) == [5])
    }

    @Test func anElementThatIsTooLargeGoesAlone() {
        var collector = collector(count: 8, bytes: 10)
        #expect(merged(collector.add(1, bytes: 11)) == [1])
    }

    @Test func aFullQueueRefuses() {
        var collector = collector(count: 1, capacity: 2)
        for element in 1...3 { _ = collector.add(element, bytes: 1) }
        guard case .refuse = collector.add(4, bytes: 1) else {
            Issue.record("the fourth was taken")
            return
        }
    }

    /// Whatever order calls come in, each element is handed out exactly once and in its order.
    @Test(arguments: 0..<50)
    func handsOutEachElementOnceInOrder(seed: UInt64) {
        var generator = SplitMix(state: seed)
        let count = Int.random(in: 1...4, using: &generator)
        var collector = collector(count: count, bytes: Int.random(in: 1...40, using: &generator), capacity: 6)
        var (taken, handedOut): ([Int], [Int]) = ([], [])
        var delays: [Int] = []
        var isMerging = false
        func perform(_ action: GroupCollector<[Int]>.Action, adding element: Int? = nil) {
            if case .refuse = action { return }
            if let element { taken.append(element) }
            if case .startDelay(let number) = action { delays.append(number) }
            if case .merge(let group) = action {
                #expect(!isMerging, "seed \(seed)")
                isMerging = true
                handedOut += group
            }
        }
        for step in 0..<200 {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: perform(collector.add(step, bytes: step % 20), adding: step)
            case 1: if let number = delays.popLast() { perform(collector.delayIsOver(number)) }
            default:
                guard isMerging else { continue }
                isMerging = false
                perform(collector.mergeIsOver())
            }
        }
        while isMerging || !delays.isEmpty {
            if let number = delays.popLast() { perform(collector.delayIsOver(number)) }
            guard isMerging else { continue }
            isMerging = false
            perform(collector.mergeIsOver())
        }
        #expect(handedOut == taken, "seed \(seed)")
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
