import Testing

@testable import EdgeCollector

@Suite struct SubscriptionTests {
    private static let settings = Subscription.Settings(
        silence: .seconds(60), canResume: true, beginsAnywhere: false)
    private var random = SeededGenerator(seed: 42)

    @Test mutating func firstStartOpensAndFetchesNothing() {
        var subscription = Subscription(Self.settings, resumePoint: nil, at: .zero)
        #expect(subscription.tick(resumePoint: nil, at: .zero, using: &random) == [.open(since: nil)])
        #expect(subscription.opened(at: .seconds(1)) == [])
        #expect(subscription.link == .open(heardAt: .seconds(1)))
    }

    @Test mutating func startAfterARunFetchesWhatWasMissed() {
        var subscription = Subscription(Self.settings, resumePoint: 500, at: .zero)
        #expect(subscription.tick(resumePoint: 500, at: .zero, using: &random) == [.open(since: nil)])
        #expect(subscription.opened(at: .seconds(1)) == [.hold(at: 500), .fetch(since: 500)])
    }

    @Test mutating func withoutAConnectionItAsksAgainAndForgetsNothing() {
        var subscription = Subscription(Self.settings, resumePoint: 500, at: .zero)
        for second in 0..<5 {
            let now = Duration.seconds(second)
            #expect(subscription.tick(resumePoint: 500, at: now, using: &random) == [.open(since: nil)])
            subscription.waitForTurn(from: now)
            #expect(subscription.deadline == now + ConnectionLimit.turn)
        }
        _ = subscription.tick(resumePoint: 500, at: .seconds(5), using: &random)
        #expect(subscription.opened(at: .seconds(5)) == [.hold(at: 500), .fetch(since: 500)])
        for second in 5..<10 {
            subscription.fetchHasToWait(from: .seconds(second))
            let next = Duration.seconds(second + 1)
            #expect(subscription.tick(resumePoint: 500, at: next, using: &random) == [.fetch(since: 500)])
        }
    }

    @Test mutating func waitsGrowUntilAMessageComes() {
        var subscription = Subscription(Self.settings, resumePoint: nil, at: .zero)
        var now = Duration.zero
        for bound in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(subscription.tick(resumePoint: nil, at: now, using: &random) == [.open(since: nil)])
            _ = subscription.opened(at: now)
            #expect(subscription.lost(resumePoint: nil, at: now, using: &random) == [])
            guard case .waiting(let until) = subscription.link else {
                Issue.record("not waiting")
                return
            }
            #expect(until - now <= .seconds(bound))
            now = until
        }
        _ = subscription.tick(resumePoint: nil, at: now, using: &random)
        _ = subscription.opened(at: now)
        subscription.received(fingerprint: 0, at: now)
        _ = subscription.lost(resumePoint: 7, at: now, using: &random)
        #expect((subscription.deadline ?? .seconds(999)) - now <= .seconds(1))
    }

    @Test mutating func silenceIsADeadConnection() {
        var subscription = opened(resumePoint: nil)
        subscription.received(fingerprint: 0, at: .seconds(30))
        #expect(subscription.deadline == .seconds(90))
        #expect(subscription.tick(resumePoint: 9, at: .seconds(89), using: &random) == [])
        #expect(subscription.tick(resumePoint: 9, at: .seconds(90), using: &random) == [.close])
        #expect(subscription.missedSince == 9)
    }

    @Test mutating func fetchEndsWhereItMeetsTheStream() {
        var subscription = opened(resumePoint: 100)
        for fingerprint in 1...20 { subscription.received(fingerprint: UInt64(fingerprint), at: .seconds(2)) }
        subscription.fetchOpened(at: .seconds(2))
        // A message of the gap that the stream repeats later is no proof.
        for fingerprint: UInt64 in [1001, 5, 1002, 1003] {
            #expect(subscription.fetched(fingerprint: fingerprint, time: nil, at: .seconds(3)) == [])
        }
        for fingerprint in 1..<CatchUp.overlap {
            #expect(subscription.fetched(fingerprint: UInt64(fingerprint), time: nil, at: .seconds(3)) == [])
        }
        #expect(
            subscription.fetched(fingerprint: UInt64(CatchUp.overlap), time: nil, at: .seconds(3))
                == [.endFetch, .release])
        #expect(subscription.catchUp == nil && subscription.missedSince == nil)
    }

    @Test mutating func fetchThatIsAheadOfTheStreamEndsToo() {
        var subscription = opened(resumePoint: 100)
        subscription.fetchOpened(at: .seconds(2))
        for fingerprint in UInt64(1)...20 {
            #expect(subscription.fetched(fingerprint: fingerprint, time: nil, at: .seconds(3)) == [])
        }
        for fingerprint in UInt64(11)..<18 {
            #expect(subscription.received(fingerprint: fingerprint, at: .seconds(4)) == [])
        }
        #expect(subscription.received(fingerprint: 18, at: .seconds(4)) == [.endFetch, .release])
    }

    @Test mutating func quietFetchIsCompleteIfItHasComeToTheStream() {
        var subscription = opened(resumePoint: 100)
        subscription.received(fingerprint: 77, at: .seconds(4))
        subscription.fetchOpened(at: .seconds(5))
        #expect(subscription.fetched(fingerprint: 77, time: nil, at: .seconds(6)) == [])
        #expect(subscription.tick(resumePoint: 100, at: .seconds(15), using: &random) == [])
        #expect(subscription.tick(resumePoint: 100, at: .seconds(16), using: &random) == [.endFetch, .release])
    }

    /// A fetch whose connection is stuck for ten seconds must not be taken for complete.
    @Test mutating func fetchThatIsStuckIsAskedAgain() {
        var subscription = opened(resumePoint: 100)
        subscription.fetchOpened(at: .seconds(5))
        #expect(subscription.fetched(fingerprint: 77, time: 150, at: .seconds(6)) == [.hold(at: 150)])
        #expect(subscription.tick(resumePoint: 100, at: .seconds(30), using: &random) == [], "the stream is quiet too")
        subscription.received(fingerprint: 99, at: .seconds(31))
        #expect(subscription.deadline == .seconds(16))
        #expect(subscription.tick(resumePoint: 100, at: .seconds(31), using: &random) == [.endFetch])
        let due = subscription.deadline ?? .zero
        #expect(subscription.tick(resumePoint: 100, at: due, using: &random) == [.fetch(since: 150)])
    }

    @Test mutating func interruptedFetchGoesOnWhereItWas() {
        var subscription = opened(resumePoint: 100)
        subscription.fetchOpened(at: .seconds(2))
        #expect(subscription.fetched(fingerprint: 1, time: 300, at: .seconds(3)) == [.hold(at: 300)])
        #expect(subscription.fetched(fingerprint: 2, time: 200, at: .seconds(3)) == [], "times go back now and then")
        #expect(subscription.pause(resumePoint: 5000) == [.close, .endFetch])
        #expect(subscription.missedSince == 300)
    }

    @Test mutating func streamThatNeverAnswersIsOpenedAgain() {
        var subscription = Subscription(Self.settings, resumePoint: nil, at: .zero)
        #expect(subscription.tick(resumePoint: nil, at: .zero, using: &random) == [.open(since: nil)])
        #expect(subscription.deadline == CatchUp.answerLimit)
        #expect(subscription.tick(resumePoint: nil, at: CatchUp.answerLimit, using: &random) == [.close])
        let due = subscription.deadline ?? .zero
        #expect(subscription.tick(resumePoint: nil, at: due, using: &random) == [.open(since: nil)])
    }

    @Test(arguments: [
        (Subscription.FetchEnd.complete, [Subscription.Action.release]),
        (.refused, [.release, .declareMissing(from: 100)]),
        (.failed, []),
    ])
    func endOfAFetch(end: Subscription.FetchEnd, actions: [Subscription.Action]) {
        var random = random
        var subscription = opened(resumePoint: 100)
        #expect(subscription.fetchEnded(end, at: .seconds(3), using: &random) == actions)
        #expect((subscription.catchUp == nil) == (end != .failed))
    }

    @Test mutating func failedFetchIsTriedAgainFromTheSamePoint() {
        var subscription = opened(resumePoint: 100)
        #expect(subscription.fetchEnded(.failed, at: .seconds(3), using: &random) == [])
        let due = subscription.deadline ?? .zero
        #expect(due <= .seconds(4))
        #expect(subscription.tick(resumePoint: 900, at: due, using: &random) == [.fetch(since: 100)])
        #expect(
            subscription.tick(resumePoint: 900, at: due + CatchUp.answerLimit, using: &random).first == .close,
            "the stream is silent for as long, and is what counts")
    }

    @Test mutating func fetchWithoutAnAnswerFails() {
        var subscription = opened(resumePoint: 100)
        subscription.received(fingerprint: 1, at: .seconds(50))
        #expect(subscription.tick(resumePoint: 900, at: .seconds(61), using: &random) == [.endFetch])
        #expect(subscription.catchUp != nil)
    }

    /// While a gap is being fetched the stored point is held, so a second interruption begins at the first one's point.
    @Test mutating func interruptionDuringAFetchBeginsItAnew() {
        var subscription = opened(resumePoint: 100)
        subscription.received(fingerprint: 1, at: .seconds(2))
        #expect(subscription.lost(resumePoint: 5000, at: .seconds(3), using: &random) == [.endFetch])
        #expect(subscription.missedSince == 100)
        let due = subscription.deadline ?? .zero
        #expect(subscription.tick(resumePoint: 5000, at: due, using: &random) == [.open(since: nil)])
        #expect(subscription.opened(at: due) == [.hold(at: 100), .fetch(since: 100)])
    }

    /// Seed 10258 of the simulation: the messages just before the resume point filled the quota each time.
    @Test mutating func fetchThatFillsTheSpoolAgainAndAgainComesForwardAllTheSame() {
        var subscription = opened(resumePoint: 500)
        var recorded: [UInt64] = []
        for _ in 0..<4 {
            subscription.fetchOpened(at: .seconds(1))
            var room = 3
            for message in 1...12 as ClosedRange<UInt64> where room > 0 {
                if subscription.judge(message) == .new {
                    recorded.append(message)
                    room -= 1
                }
                _ = subscription.fetched(fingerprint: message, time: 450, at: .seconds(1))
            }
            _ = subscription.pause(resumePoint: 500)
            subscription.goOn(at: .seconds(2))
            _ = subscription.tick(resumePoint: 500, at: .seconds(2), using: &random)
            #expect(subscription.opened(at: .seconds(2)) == [.hold(at: 500), .fetch(since: 500)])
        }
        #expect(recorded == Array(1...12))
    }

    @Test mutating func fetchThatEndsBeforeWhatIsNewProvesNothingAndIsAskedAgain() {
        var subscription = opened(resumePoint: 500)
        for message in 1...3 as ClosedRange<UInt64> { #expect(subscription.judge(message) == .new) }
        _ = subscription.fetchEnded(.failed, at: .seconds(1), using: &random)
        _ = subscription.tick(resumePoint: 500, at: .seconds(9), using: &random)
        #expect(subscription.judge(1) == .known)
        #expect(subscription.fetchEnded(.complete, at: .seconds(9), using: &random) == [])
        #expect(subscription.tick(resumePoint: 500, at: .seconds(20), using: &random) == [.fetch(since: 500)])
        #expect(subscription.judge(1) == .new)
        #expect(subscription.fetchEnded(.complete, at: .seconds(20), using: &random) == [.release])
    }

    @Test mutating func failedOpeningKeepsTheFirstPoint() {
        var subscription = opened(resumePoint: nil)
        subscription.received(fingerprint: 0, at: .seconds(2))
        _ = subscription.lost(resumePoint: 300, at: .seconds(3), using: &random)
        for second in 10...12 {
            #expect(subscription.tick(resumePoint: 300, at: .seconds(second * 100), using: &random).count == 1)
            _ = subscription.lost(resumePoint: 300, at: .seconds(second * 100), using: &random)
        }
        #expect(subscription.missedSince == 300)
    }

    @Test mutating func fullSpoolClosesTheSourceUntilThereIsRoom() {
        var subscription = opened(resumePoint: nil)
        subscription.received(fingerprint: 0, at: .seconds(2))
        #expect(subscription.pause(resumePoint: 400) == [.close])
        #expect(subscription.pause(resumePoint: 400) == [])
        #expect(subscription.deadline == nil)
        #expect(subscription.lost(resumePoint: 400, at: .seconds(3), using: &random) == [])
        subscription.goOn(at: .seconds(100))
        #expect(subscription.tick(resumePoint: 400, at: .seconds(100), using: &random) == [.open(since: nil)])
        #expect(subscription.opened(at: .seconds(100)) == [.hold(at: 400), .fetch(since: 400)])
    }

    @Test mutating func sourceThatCannotResumeDeclaresWhatIsMissing() {
        var settings = Self.settings
        settings.canResume = false
        var subscription = Subscription(settings, resumePoint: 100, at: .zero)
        _ = subscription.tick(resumePoint: 100, at: .zero, using: &random)
        #expect(subscription.opened(at: .seconds(1)) == [.declareMissing(from: 100)])
    }

    /// Else nobody would declare what a source sends between a damage that takes the resume point and the next opening.
    @Test mutating func lostResumePointIsDeclaredAtTheFirstOpening() {
        var subscription = Subscription(Self.settings, resumePoint: nil, hasLostResumePoint: true, at: .zero)
        _ = subscription.tick(resumePoint: nil, at: .zero, using: &random)
        #expect(subscription.opened(at: .seconds(1)) == [.declareMissing(from: nil)])
        _ = subscription.lost(resumePoint: 100, at: .seconds(2), using: &random)
        let due = subscription.deadline ?? .zero
        _ = subscription.tick(resumePoint: 100, at: due, using: &random)
        #expect(subscription.opened(at: due) == [.hold(at: 100), .fetch(since: 100)])
    }

    @Test mutating func streamThatWasOpenAndHadNoEventYetDeclaresWhatItMissed() {
        var subscription = opened(resumePoint: nil)
        _ = subscription.lost(resumePoint: nil, at: .seconds(2), using: &random)
        let due = subscription.deadline ?? .zero
        #expect(subscription.tick(resumePoint: nil, at: due, using: &random) == [.open(since: nil)])
        _ = subscription.lost(resumePoint: nil, at: due, using: &random)
        let again = subscription.deadline ?? .zero
        _ = subscription.tick(resumePoint: nil, at: again, using: &random)
        #expect(subscription.opened(at: again) == [.declareMissing(from: nil)])
    }

    @Test mutating func streamThatWasNeverOpenMissesNothingAtItsFirstOpening() {
        var subscription = Subscription(Self.settings, resumePoint: nil, at: .zero)
        _ = subscription.tick(resumePoint: nil, at: .zero, using: &random)
        _ = subscription.lost(resumePoint: nil, at: .seconds(1), using: &random)
        let due = subscription.deadline ?? .zero
        _ = subscription.tick(resumePoint: nil, at: due, using: &random)
        #expect(subscription.opened(at: due) == [])
    }

    @Test mutating func sourceOverHTTPBeginsAtTheResumePoint() {
        var settings = Self.settings
        settings.beginsAnywhere = true
        var subscription = Subscription(settings, resumePoint: 100, at: .zero)
        #expect(subscription.tick(resumePoint: 100, at: .zero, using: &random) == [.open(since: 100)])
        #expect(subscription.opened(at: .seconds(1)) == [])
        #expect(subscription.lost(resumePoint: 250, at: .seconds(2), using: &random) == [])
        let due = subscription.deadline ?? .zero
        #expect(subscription.tick(resumePoint: 250, at: due, using: &random) == [.open(since: 250)])
    }

    private func opened(resumePoint: Int64?) -> Subscription {
        var random = random
        var subscription = Subscription(Self.settings, resumePoint: resumePoint, at: .zero)
        _ = subscription.tick(resumePoint: resumePoint, at: .zero, using: &random)
        _ = subscription.opened(at: .seconds(1))
        return subscription
    }
}
