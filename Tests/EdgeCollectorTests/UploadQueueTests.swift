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
        (.noConnection("r"), .keep("r"), .seconds(1)),
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
        let dropsAnything = queue.linkReturned()
        #expect(!dropsAnything)
        #expect(!queue.admits(at: .seconds(119)), "the link was never gone")
        #expect(queue.admits(at: .seconds(120)))
        queue.begin(1)
        _ = queue.receive(
            .refused(status: 429, retryAfter: .seconds(1 << 40), reason: ""), for: 1, at: .zero, using: &random)
        #expect(queue.deadline(after: .zero) == UploadQueue.retryAfterLimit)
    }

    @Test(arguments: [UploadAnswer.none("cut"), .noConnection("gone")])
    func firstTryComesAtOnceWhenTheLinkReturns(answer: UploadAnswer) {
        var queue = Self.fresh
        var random = random
        for _ in 0..<12 {
            queue.begin(1)
            _ = queue.receive(answer, for: 1, at: .zero, using: &random)
        }
        #expect(queue.isDisconnected == (answer == .noConnection("gone")))
        #expect(!queue.admits(at: .milliseconds(1)))
        let dropsAnything = queue.linkReturned()
        #expect(!dropsAnything, "nothing is under way")
        #expect(queue.admits(at: .milliseconds(1)))
        #expect(!queue.isDisconnected)
    }

    @Test mutating func uploadBegunWithoutALinkIsBegunAgainOnceWhenItReturns() {
        var queue = Self.fresh
        queue.begin(1)
        _ = queue.receive(.noConnection("gone"), for: 1, at: .zero, using: &random)
        queue.begin(1)
        let first = queue.linkReturned()
        queue.dropAll()
        queue.begin(1)
        let second = queue.linkReturned()
        #expect(first && !second, "one that goes well is left alone, however many answers come meanwhile")
    }

    /// What an uplink does with the queue: batches sealed before and during the drain, uploads answered in the order they
    /// began. Returns the rows in the order of their uploads.
    private func drain(
        _ queue: UploadQueue, backlog: ClosedRange<Int64>, sealing later: [Int: Int64] = [:], failing: Set<Int> = []
    ) -> [Int64] {
        var (queue, random) = (queue, random)
        var waiting = Array(backlog)
        var (order, flying): ([Int64], [Int64]) = ([], [])
        var now = Duration.zero
        while !waiting.isEmpty {
            now = max(now, queue.deadline(after: now) ?? now)
            while queue.admits(at: now) {
                let live = waiting.last.flatMap { $0 > queue.liveMark ?? .max ? $0 : nil }
                guard let next = live ?? waiting.first(where: { !queue.inFlight.contains($0) }) else { break }
                queue.begin(next)
                flying.append(next)
                order.append(next)
            }
            let row = flying.removeFirst()
            let number = order.count - flying.count
            let fails = failing.contains(number)
            let action = queue.receive(fails ? .none("cut") : .receipt, for: row, at: now, using: &random)
            if action == .free { waiting.removeAll { $0 == row } }
            if let sealed = later[number] { waiting.append(sealed) }
        }
        return order
    }

    private static func queue(_ order: UploadOrder, parallel: Int) -> UploadQueue {
        UploadQueue(parallel: parallel, order: order, retryFirst: .seconds(1), retryLimit: .seconds(900))
    }

    @Test(
        arguments: [
            // order, at once, sealed after that many answers, failing uploads, the uploads that come of it
            (UploadOrder.liveFirst, 1, [:], [], [5, 1, 2, 3, 4]),
            (.liveFirst, 2, [:], [], [5, 1, 2, 3, 4]),
            (.liveFirst, 16, [:], [], [5, 1, 2, 3, 4]),
            (.strict, 1, [:], [], [1, 2, 3, 4, 5]),
            (.strict, 16, [:], [], [1, 2, 3, 4, 5]),
            // What is sealed meanwhile passes the backlog, once.
            (.liveFirst, 1, [2: 6, 3: 7], [], [5, 1, 6, 7, 2, 3, 4]),
            (.liveFirst, 2, [1: 6], [], [5, 1, 6, 2, 3, 4]),
            (.strict, 1, [1: 6], [], [1, 2, 3, 4, 5, 6]),
            // A live upload that fails is the next one again, unless something newer has been sealed.
            (.liveFirst, 1, [:], [1], [5, 5, 1, 2, 3, 4]),
            (.liveFirst, 1, [1: 6], [1], [5, 6, 1, 2, 3, 4, 5]),
            (.liveFirst, 1, [:], [2], [5, 1, 1, 2, 3, 4]),
            (.strict, 2, [:], [1, 2], [1, 1, 1, 2, 3, 4, 5]),
        ] as [(UploadOrder, Int, [Int: Int64], Set<Int>, [Int64])])
    func orderDecidesWhatIsNext(
        order: UploadOrder, parallel: Int, later: [Int: Int64], failing: Set<Int>, uploads: [Int64]
    ) {
        let queue = Self.queue(order, parallel: parallel)
        #expect(drain(queue, backlog: 1...5, sealing: later, failing: failing) == uploads)
    }

    @Test mutating func strictOrderHasOneUnderWayWhateverParallelSays() {
        var queue = Self.queue(.strict, parallel: 8)
        queue.begin(1)
        #expect(!queue.admits(at: .zero) && queue.liveMark == nil)
    }

    @Test mutating func aRefusedNewestBatchMakesWayForTheBacklog() {
        var queue = Self.queue(.liveFirst, parallel: 2)
        queue.begin(9)
        let refusal = UploadAnswer.refused(status: 422, retryAfter: nil, reason: "no")
        #expect(queue.receive(refusal, for: 9, at: .zero, using: &random) == .giveUp("no"))
        #expect(queue.liveMark == 9)
    }
}
