import Logging
import Synchronization
import Testing

@testable import CloudAggregator

@Suite struct LiveFeedTests {
    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private let computations = Counter()
    private let feed: LiveFeed

    init() {
        feed = LiveFeed(clock: WallClock { 1_000_000 }, logger: Logger(label: "test")) { [computations] _, now in
            computations.value.withLock { $0 += 1 }
            return Snapshot(asOfMilliseconds: now, watermark: 1, fleet: "demo", streams: [], edges: [])
        }
    }

    private var count: Int { computations.value.withLock { $0 } }

    @Test func aViewerGetsTheCurrentSnapshotAtOnce() async throws {
        var frames = try await feed.subscribe(after: nil).makeAsyncIterator()
        let frame = try #require(await frames.next())
        #expect(String(decoding: frame.json, as: UTF8.self).hasPrefix("{\"as_of_ms\":\(frame.identifier),"))
    }

    @Test func manyViewersAreOneComputation() async throws {
        for _ in 0..<20 { _ = try await feed.subscribe(after: nil) }
        for _ in 0..<20 { _ = try await feed.current() }
        for _ in 0..<20 { await feed.tick() }
        #expect(count == 1)
    }

    @Test func aChangeIsSentAndHasANewNumber() async throws {
        var frames = try await feed.subscribe(after: nil).makeAsyncIterator()
        let first = try #require(await frames.next())
        await feed.noteMerge(events: ["visits": 5])
        async let ticking: Void = {
            while !Task.isCancelled && count < 2 { await feed.tick() }
        }()
        let second = try #require(await frames.next())
        await ticking
        #expect(second.identifier > first.identifier)
        #expect(count == 2)
    }

    @Test func aViewerThatComesBackIsNotSentWhatItHas() async throws {
        let current = try await feed.current()
        var frames = try await feed.subscribe(after: current.identifier).makeAsyncIterator()
        await feed.close()
        #expect(await frames.next() == nil)
        #expect(count == 1)
    }

    @Test func aSlowViewerGetsOnlyTheNewest() async throws {
        let frames = try await feed.subscribe(after: nil)
        await feed.noteChange()
        while count < 2 { await feed.tick() }
        let newest = try await feed.current()
        await feed.close()
        let received = await frames.reduce(into: []) { $0.append($1.identifier) }
        #expect(received == [newest.identifier])
    }

    @Test func viewersAreBounded() async throws {
        var kept: [AsyncStream<LiveFeed.Frame>] = []
        for _ in 0..<LiveFeed.viewerLimit { kept.append(try await feed.subscribe(after: nil)) }
        await #expect(throws: Refusal.busy(retryAfterSeconds: 5)) { try await feed.subscribe(after: nil) }
        #expect(kept.count == LiveFeed.viewerLimit)
    }
}
