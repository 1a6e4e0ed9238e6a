import Testing

@testable import EdgeCollector

@Suite struct LinkProbeTests {
    private var random = SeededGenerator(seed: 5)

    @Test mutating func nothingIsAskedWhileNothingWaits() {
        var plan = ProbePlan()
        plan.update(isDisconnected: false, at: .seconds(1), using: &random)
        #expect(plan.dueAt == nil && !plan.take(at: .seconds(1000), using: &random))
    }

    @Test mutating func looksComeWithinASecondAtFirstAndEveryHalfMinuteAtLast() {
        var plan = ProbePlan()
        let begin = Duration.seconds(500)
        var looks: [Duration] = []
        for second in 0..<7200 * 4 {
            let now = begin + .milliseconds(second * 250)
            plan.update(isDisconnected: true, at: now, using: &random)
            if plan.take(at: now, using: &random) { looks.append(now - begin) }
        }
        for (last, next) in zip([.zero] + looks, looks) {
            let bound = min(max(last / ProbePlan.part, ProbePlan.pause.lowerBound), ProbePlan.pause.upperBound)
            #expect(next - last >= bound / 2 && next - last <= bound + .milliseconds(250))
        }
        #expect(looks.count > 300)
    }

    @Test mutating func anAnswerEndsIt() {
        var plan = ProbePlan()
        plan.update(isDisconnected: true, at: .seconds(1), using: &random)
        #expect(plan.dueAt != nil)
        plan.update(isDisconnected: false, at: .seconds(2), using: &random)
        #expect(plan == ProbePlan())
    }
}
