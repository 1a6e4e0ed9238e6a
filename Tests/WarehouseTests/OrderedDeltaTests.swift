import Testing

@testable import Warehouse

/// Deltas that are put in order while others are merged into them.
@Suite struct OrderedDeltaTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func whatIsOrderedInStepsIsAsOrderedAtOnce(seed: UInt64) throws {
        let plan = try Recordings.plan()
        var tricky = TrickyMessages(random: SeededGenerator(seed: seed))
        var (inSteps, atOnce) = (OrderedDelta(MergeDelta(plan: plan)), OrderedDelta(MergeDelta(plan: plan)))
        for _ in 0..<8 {
            let lines = (0..<Int.random(in: 1...20, using: &tricky.random)).map { _ in tricky.message() }
            let delta = try TestWarehouse.delta(lines, plan).delta
            inSteps.merge(delta)
            atOnce.merge(delta)
            if Bool.random(using: &tricky.random) { inSteps.orderNewest() }
            if Bool.random(using: &tricky.random) { inSteps.orderHistory() }
        }
        inSteps.orderNewest()
        inSteps.orderHistory()
        atOnce.orderNewest()
        atOnce.orderHistory()
        #expect(inSteps.newest.map { Array($0.numbers) } == atOnce.newest.map { Array($0.numbers) }, "seed \(seed)")
        #expect(inSteps.owners.map { Array($0.numbers) } == atOnce.owners.map { Array($0.numbers) }, "seed \(seed)")
        let delta = inSteps.delta
        delta.texts.withView { texts in
            let (left, right) = (inSteps.revisionsWithoutEchoes(texts), atOnce.revisionsWithoutEchoes(texts))
            #expect(!left.numbers.isEmpty && left.numbers == right.numbers, "seed \(seed)")
            #expect(left.ends == right.ends, "seed \(seed)")
        }
        for (sorted, rows) in zip(inSteps.children, delta.children) {
            for owner in rows.ranges.indices {
                let expected = ChildRows.sorted(rows.rows(of: owner), rows.width, delta.texts)
                let order = CellOrder.compare(sorted.rows(of: owner), delta.texts, expected[...], delta.texts)
                #expect(order == 0, "seed \(seed)")
            }
        }
    }
}
