import Testing

@testable import EdgeCollector

@Suite struct SendBudgetTests {
    @Test func withoutALimitNothingWaits() {
        var budget = SendBudget(bytesPerSecond: nil)
        budget.charge(1 << 30, at: .zero)
        #expect(budget.admits(at: .zero) && budget.deadline(after: .zero) == nil)
        #expect(budget.share(of: 3) == nil && budget.parallel(16, bytes: 1 << 20) == 16)
        #expect(budget.allowance(1 << 20, of: 2) == .zero)
    }

    @Test func theNextBeginsWhenTheLastWouldHavePassed() {
        var budget = SendBudget(bytesPerSecond: 1000)
        #expect(budget.admits(at: .seconds(5)))
        budget.charge(500, at: .seconds(5))
        let free = Duration.milliseconds(5500) - SendBudget.credit
        #expect(!budget.admits(at: free - .milliseconds(1)) && budget.admits(at: free))
        #expect(budget.deadline(after: .seconds(5)) == free)
        // What was not used is hardly saved up.
        budget.charge(1000, at: .seconds(60))
        #expect(budget.deadline(after: .seconds(60)) == .seconds(61) - SendBudget.credit)
    }

    @Test(arguments: [10, 333, 4096, 100_000])
    func noSecondPassesMoreThanTheBandwidthAndOneBatch(bytes: Int) {
        var budget = SendBudget(bytesPerSecond: 65_536)
        var begun: [Duration] = []
        for millisecond in 0..<20_000 {
            let now = Duration.milliseconds(millisecond)
            while budget.admits(at: now) {
                budget.charge(bytes, at: now)
                begun.append(now)
            }
        }
        let sent = begun.count * bytes
        #expect(sent <= 65_536 * 20 + 1311 + bytes && sent >= 65_536 * 19)
    }

    @Test(arguments: [
        // bytes a second, batches wanted, bytes each, allowed
        (262_144, 4, 262_144, 4), (8192, 4, 262_144, 1), (16_384, 4, 262_144, 3), (1, 4, 262_144, 1), (8192, 2, 0, 2),
    ])
    func noMoreAreUnderWayThanArriveInTime(bandwidth: Int, wanted: Int, bytes: Int, allowed: Int) {
        let budget = SendBudget(bytesPerSecond: bandwidth)
        #expect(budget.parallel(wanted, bytes: bytes) == allowed)
    }

    @Test func uploadsUnderWayShareTheBandwidth() {
        let budget = SendBudget(bytesPerSecond: 900)
        #expect(budget.share(of: 0) == 900 && budget.share(of: 1) == 900 && budget.share(of: 3) == 300)
        #expect(budget.share(of: 1000) == 1, "never nothing")
        #expect(budget.allowance(600, of: 3) == .seconds(2))
    }
}
