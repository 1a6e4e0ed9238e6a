import Testing

@testable import EdgeCollector

@Suite struct HoldPolicyTests {
    enum Trouble: CaseIterable {
        case noReceipt, noEpoch, backlog, late, full

        func change(_ facts: inout HoldPolicy.Facts) {
            switch self {
            case .noReceipt: facts.isUplinkHealthy = false
            case .noEpoch: facts.hasEpoch = false
            case .backlog: facts.waitingBatches = HoldPolicy.backlogLimit + 1
            case .late: facts.oldestHeldAt = .seconds(20) - HoldPolicy.waitLimit
            case .full: facts.heldBytes = HoldPolicy.memoryBytes + 1
            }
        }
    }

    private static let healthy = HoldPolicy.Facts(
        isUplinkHealthy: true, hasEpoch: true, waitingBatches: 0, oldestHeldAt: nil, heldBytes: 0)

    @Test func nothingIsHeldUnlessAskedFor() {
        #expect(!HoldPolicy(.always).mayBegin(Self.healthy, at: .seconds(9)))
        #expect(HoldPolicy(.whenOffline).mayBegin(Self.healthy, at: .seconds(9)))
    }

    @Test(arguments: [Trouble.noReceipt, .noEpoch, .backlog])
    func itDoesNotBegin(with trouble: Trouble) {
        var facts = Self.healthy
        trouble.change(&facts)
        #expect(!HoldPolicy(.whenOffline).mayBegin(facts, at: .seconds(9)))
    }

    @Test(arguments: [Trouble.noReceipt, .noEpoch, .late, .full])
    func itEnds(with trouble: Trouble) {
        var policy = HoldPolicy(.whenOffline)
        policy.begin(at: .seconds(9))
        #expect(!policy.mustEnd(Self.healthy, at: .seconds(20)))
        var facts = Self.healthy
        trouble.change(&facts)
        #expect(policy.mustEnd(facts, at: .seconds(20)))
        policy.end(at: .seconds(20))
        #expect(!policy.mustEnd(facts, at: .seconds(20)) && !policy.isHolding)
        #expect(!policy.mayBegin(Self.healthy, at: .seconds(20) + HoldPolicy.calmSpan - .seconds(1)))
        #expect(policy.mayBegin(Self.healthy, at: .seconds(20) + HoldPolicy.calmSpan))
    }

    @Test func whatWasDeliveredIsNotedWhereNothingIsHeldAndInTheEndAnyway() {
        var policy = HoldPolicy(.whenOffline)
        policy.begin(at: .seconds(10))
        var busy = Self.healthy
        busy.oldestHeldAt = .seconds(69)
        let (soon, late) = (.seconds(10) + HoldPolicy.noteInterval, .seconds(10) + HoldPolicy.noteLimit)
        #expect(!policy.isNoteDue(Self.healthy, at: soon - .seconds(1)))
        #expect(policy.isNoteDue(Self.healthy, at: soon) && !policy.isNoteDue(busy, at: soon))
        #expect(policy.isNoteDue(busy, at: late))
        #expect(policy.deadline(oldestHeldAt: nil) == late)
        #expect(policy.deadline(oldestHeldAt: .seconds(69)) == .seconds(69) + HoldPolicy.waitLimit)
        policy.noted(at: soon)
        #expect(!policy.isNoteDue(Self.healthy, at: late - .seconds(1)))
    }
}
