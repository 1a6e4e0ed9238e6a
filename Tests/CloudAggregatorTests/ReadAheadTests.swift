import Synchronization
import Testing

@testable import CloudAggregator

@Suite struct ReadAheadTests {
    struct Failure: Error {}

    final class Counts: Sendable {
        let all = Mutex((now: 0, most: 0))
    }

    /// Runs over the numbers below `count` in pages; those that are done early wait for their turn.
    private func run(
        _ count: Int, width: Int, work: @escaping @Sendable (Int) async throws -> Int = { $0 * 2 }
    ) async throws -> [Int] {
        var start = 0
        var results: [Int] = []
        try await ReadAhead(width: width, work: work).run {
            defer { start = min(start + 7, count) }
            return Array(start..<min(start + 7, count))
        } consume: { item, result in
            #expect(result == item * 2)
            results.append(item)
        }
        return results
    }

    @Test(arguments: [0, 1, 6, 7, 8, 100], [1, 3, 1000])
    func resultsComeInTheOrderOfTheItems(count: Int, width: Int) async throws {
        #expect(try await run(count, width: width) == Array(0..<count))
    }

    @Test func noMoreAreAtWorkThanAllowed() async throws {
        let counts = Counts()
        let results = try await run(50, width: 4) { item in
            counts.all.withLock { $0 = (now: $0.now + 1, most: max($0.most, $0.now + 1)) }
            await Task.yield()
            counts.all.withLock { $0.now -= 1 }
            return item * 2
        }
        #expect(results.count == 50)
        #expect((1...4).contains(counts.all.withLock { $0.most }))
    }

    /// A failure that is known early, while work on an item before it goes on.
    @Test func whatComesBeforeAFailureIsHandedOver() async throws {
        var handed: [Int] = []
        var page = Array(0..<9)
        let ahead = ReadAhead<Int, Int>(width: 4) { item in
            if item == 2 { throw Failure() }
            try await Task.sleep(for: .milliseconds(item < 2 ? 50 : 0))
            return item
        }
        await #expect(throws: Failure.self) {
            try await ahead.run {
                defer { page = [] }
                return page
            } consume: { item, _ in
                handed.append(item)
            }
        }
        #expect(handed == [0, 1])
    }

    @Test func anErrorEndsIt() async throws {
        await #expect(throws: Failure.self) {
            _ = try await run(50, width: 4) { item in
                if item == 20 { throw Failure() }
                return item * 2
            }
        }
    }
}
