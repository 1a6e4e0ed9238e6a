import Logging
import Synchronization
import Testing

@testable import CloudAggregator

@Suite struct MergeQueueTests {
    private struct Poison: Error {}

    /// Numbers that are joined, and what the queue has sorted of them.
    private struct Numbers: MergeableGroup {
        private(set) var all: [Int] = []
        private(set) var sorted = 0

        mutating func add(_ member: Int) { all.append(member) }

        mutating func sort() { sorted = all.count }
    }

    private final class Groups: Sendable {
        let all = Mutex<[[Int]]>([])
    }

    private func queue(
        limit: Int, capacity: Int = 100, delay: Duration = .seconds(60), groups: Groups,
        merge: @escaping @Sendable ([Int]) async throws -> Void = { _ in }
    ) -> MergeQueue<Numbers, Int> {
        MergeQueue(
            delay: delay, limits: .init(count: limit, bytes: 1 << 20), capacity: capacity, logger: Logger(label: "test")
        ) { group in
            groups.all.withLock { $0.append(group.all) }
            try await merge(group.all)
            return group.all.map { $0 * 10 }
        }
    }

    @Test func contributionsThatComeTogetherAreOneGroup() async throws {
        let groups = Groups()
        let queue = queue(limit: 4, groups: groups)
        let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
            for number in 1...4 { tasks.addTask { (number, try await queue.submit(number, bytes: 1)) } }
            return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers == [1: 10, 2: 20, 3: 30, 4: 40])
        let all = groups.all.withLock { $0 }
        #expect(all.count == 1)
        #expect(all.first?.sorted() == [1, 2, 3, 4])
    }

    @Test func aLoneContributionGoesAfterTheDelay() async throws {
        let groups = Groups()
        #expect(try await queue(limit: 8, delay: .milliseconds(5), groups: groups).submit(7, bytes: 1) == 70)
        #expect(groups.all.withLock { $0 } == [[7]])
    }

    @Test func aContributionThatCannotBeMergedHarmsOnlyItself() async throws {
        let groups = Groups()
        let queue = queue(limit: 3, groups: groups) { if $0.contains(2) { throw Poison() } }
        let answers = await withTaskGroup(of: (Int, Int?).self) { tasks in
            for number in 1...3 { tasks.addTask { (number, try? await queue.submit(number, bytes: 1)) } }
            return await tasks.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
        }
        #expect(answers == [1: 10, 2: nil, 3: 30])
        #expect(groups.all.withLock { $0.count } == 4)
    }

    @Test func moreThanFitAreToldToComeAgain() async throws {
        let groups = Groups()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let queue = queue(limit: 1, capacity: 1, groups: groups) { _ in for await _ in gate { break } }
        let (started, starting) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Int?.self) { tasks in
            // One is being merged, one waits; of the other two none fits.
            for number in 1...4 {
                tasks.addTask {
                    do {
                        return try await queue.submit(number, bytes: 1)
                    } catch Refusal.overloaded {
                        starting.yield()
                        return nil
                    }
                }
            }
            var refused = 0
            for await _ in started {
                refused += 1
                if refused == 2 { break }
            }
            open.finish()
            let answers = try await tasks.reduce(into: []) { $0.append($1) }
            #expect(answers.count { $0 == nil } == 2)
            #expect(answers.count { $0 != nil } == 2)
        }
    }

    /// Calls each member as it is joined.
    private struct Calls: MergeableGroup {
        private(set) var count = 0

        mutating func add(_ member: @Sendable () -> Void) {
            count += 1
            member()
        }

        mutating func sort() {}
    }

    @Test(.timeLimit(.minutes(1))) func theNextGroupIsJoinedWhileOneIsMerged() async throws {
        let (joined, joining) = AsyncStream.makeStream(of: Void.self)
        let (merging, begins) = AsyncStream.makeStream(of: Void.self)
        let limits = GroupLimits(count: 1, bytes: 1 << 20)
        let queue = MergeQueue<Calls, Int>(
            delay: .seconds(60), limits: limits, capacity: 10, logger: Logger(label: "test")
        ) { group in
            begins.yield()
            // The first is merged when the second is joined.
            for await _ in joined { break }
            return [group.count]
        }
        async let first = queue.submit({}, bytes: 1)
        for await _ in merging { break }
        async let second = queue.submit({ joining.finish() }, bytes: 1)
        #expect(try await [first, second] == [1, 1])
    }

    @Test func groupsHaveTheirOwnMembersAndAreSorted() async throws {
        let thread = ThreadExecutor()
        let (first, second) = (GroupJoiner<Numbers>(on: thread), GroupJoiner<Numbers>(on: thread))
        for number in 1...3 { first.add(number) }
        for number in 4...5 { second.add(number) }
        let joined = await first.joined()
        #expect(joined.all == [1, 2, 3])
        #expect(joined.sorted == 3, "when none waited any more, all were sorted")
        second.add(6)
        #expect(await second.joined().all == [4, 5, 6])
        #expect(await first.joined().all.isEmpty)
    }
}
