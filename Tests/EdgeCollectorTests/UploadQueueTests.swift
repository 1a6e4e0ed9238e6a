import Testing

@testable import EdgeCollector

@Suite struct UploadQueueTests {
    private var random = SeededGenerator(seed: 1)
    private static let fresh = UploadQueue(parallel: 2, retryFirst: .seconds(1), retryLimit: .seconds(900))

    @Test(arguments: [
        (UploadAnswer.receipt, UploadAction.free, Duration.zero),
        (.refused(status: 409, retryAfter: nil, reason: "r"), .newEpoch("r"), .zero),
        (.refused(status: 400, retryAfter: nil, reason: "r"), .giveUp("r"), .zero),
        (.refused(status: 413, retryAfter: nil, reason: "r"), .giveUp("r"), .zero),
        (.refused(status: 415, retryAfter: nil, reason: "r"), .giveUp("r"), .zero),
        (.refused(status: 422, retryAfter: nil, reason: "r"), .giveUp("r"), .zero),
        (.refused(status: 401, retryAfter: nil, reason: "r"), .keep("r"), .seconds(10)),
        (.refused(status: 403, retryAfter: nil, reason: "r"), .keep("r"), .seconds(10)),
        (.refused(status: 404, retryAfter: nil, reason: "r"), .keep("r"), .seconds(1)),
        (.refused(status: 429, retryAfter: nil, reason: "r"), .keep("r"), .seconds(1)),
        (.refused(status: 500, retryAfter: nil, reason: "r"), .keep("r"), .seconds(1)),
        (.refused(status: 503, retryAfter: nil, reason: "r"), .keep("r"), .seconds(1)),
        (.unbelievable("r"), .keep("r"), .seconds(1)),
        (.none("r"), .keep("r"), .seconds(1)),
    ])
    func answerDecides(answer: UploadAnswer, action: UploadAction, bound: Duration) {
        var queue = Self.fresh
        var random = random
        queue.begin(7)
        #expect(queue.receive(answer, for: 7, at: .seconds(50), using: &random) == action)
        #expect(queue.inFlight.isEmpty)
        let wait = (queue.deadline(after: .seconds(50)) ?? .seconds(50)) - .seconds(50)
        #expect(wait <= bound)
        #expect(queue.admits(at: .seconds(50) + wait))
    }

    @Test func severalAreUnderWay() {
        var queue = Self.fresh
        #expect(queue.admits(at: .zero))
        queue.begin(1)
        #expect(queue.admits(at: .zero))
        queue.begin(2)
        #expect(!queue.admits(at: .zero))
    }

    @Test mutating func oneAloneProbesAfterAFailure() {
        var queue = Self.fresh
        queue.begin(1)
        _ = queue.receive(.none("cut"), for: 1, at: .zero, using: &random)
        #expect(queue.admits(at: .seconds(2)))
        queue.begin(1)
        #expect(!queue.admits(at: .seconds(2)))
        _ = queue.receive(.receipt, for: 1, at: .seconds(3), using: &random)
        queue.begin(2)
        #expect(queue.admits(at: .seconds(3)))
    }

    @Test mutating func waitsDoubleToTheLimit() {
        var queue = Self.fresh
        var longest = Duration.zero
        for failure in 0..<40 {
            queue.begin(1)
            _ = queue.receive(.none("cut"), for: 1, at: .zero, using: &random)
            let wait = queue.deadline(after: .zero) ?? .zero
            #expect(wait <= min(.seconds(900), .seconds(1) * (1 << min(failure, 20))))
            longest = max(longest, wait)
        }
        #expect(longest > .seconds(300))
    }

    @Test mutating func serversPatienceIsObeyedWithinReason() {
        var queue = Self.fresh
        queue.begin(1)
        _ = queue.receive(
            .refused(status: 503, retryAfter: .seconds(120), reason: ""), for: 1, at: .zero, using: &random)
        #expect(!queue.admits(at: .seconds(119)))
        queue.linkReturned()
        #expect(!queue.admits(at: .seconds(119)), "the link was never gone")
        #expect(queue.admits(at: .seconds(120)))
        queue.begin(1)
        _ = queue.receive(
            .refused(status: 429, retryAfter: .seconds(1 << 40), reason: ""), for: 1, at: .zero, using: &random)
        #expect(queue.deadline(after: .zero) == UploadQueue.retryAfterLimit)
    }

    @Test mutating func firstTryComesAtOnceWhenTheLinkReturns() {
        var queue = Self.fresh
        for _ in 0..<12 {
            queue.begin(1)
            _ = queue.receive(.none("cut"), for: 1, at: .zero, using: &random)
        }
        #expect(!queue.admits(at: .milliseconds(1)))
        queue.linkReturned()
        #expect(queue.admits(at: .milliseconds(1)))
    }
}
