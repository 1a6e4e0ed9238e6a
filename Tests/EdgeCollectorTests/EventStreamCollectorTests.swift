import Foundation
import Synchronization
import Testing
import Transfer

@testable import EdgeCollector

/// Server-sent events from a real server on this machine, to the spool.
@Suite struct EventStreamCollectorTests {
    private final class Script: Sendable {
        let replies: Mutex<[TestServer.Reply]>
        let requests = Mutex<[TestServer.Request]>([])

        init(_ replies: [TestServer.Reply]) {
            self.replies = Mutex(replies)
        }

        func answer(_ request: TestServer.Request) -> TestServer.Reply {
            requests.withLock { $0.append(request) }
            return replies.withLock { $0.isEmpty ? .drop : $0.removeFirst() }
        }

        var lastEventIdentifiers: [String?] { requests.withLock { $0.map { $0.headers["last-event-id"] } } }
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static func events(_ text: String) -> TestServer.Reply {
        .answer(200, headers: ["content-type": "text/event-stream"], body: Array(text.utf8))
    }

    private static func event(_ number: Int, id: Bool = true) -> String {
        (id ? "id: \(number)\n" : "") + "data: \(SpoolFixture.event(number))\n\n"
    }

    /// Runs a collector until the server has been asked so often and no answer is left; time goes on as it asks for.
    private func run(
        _ replies: [TestServer.Reply], in state: TemporaryFolder? = nil, requests: Int
    ) throws -> (identifiers: [String?], spool: Spool, fixture: SpoolFixture) {
        let script = Script(replies)
        let server = try TestServer { script.answer($0) }
        defer { server.stop() }
        var fixture = try SpoolFixture(state ?? folder)
        fixture.settings.flushBytes = 1024
        let spool = try fixture.open()
        if spool.position(of: SpoolFixture.stream) == nil { _ = try spool.adopt(epoch: 1) }
        let loop = try TransferLoop()
        let collector = try StreamCollector(
            try .rsvps(transport: .sse, url: "http://127.0.0.1:\(server.port)/events"), transfers: loop,
            limit: ConnectionLimit(perHost: 10), spool: spool,
            scorer: Scorer(),
            log: EdgeLog(level: .error), seed: 1, at: fixture.moment)
        let limit = Date(timeIntervalSinceNow: 30)
        while script.requests.withLock({ $0.count }) < requests {
            try #require(Date() < limit)
            collector.tick(at: fixture.moment)
            for event in try loop.wait(timeout: .milliseconds(20)) {
                _ = try collector.handle(event, at: fixture.moment)
            }
            try spool.tick(at: fixture.moment)
            fixture.advance(.seconds(1))
        }
        return (script.lastEventIdentifiers, spool, fixture)
    }

    private static func lines(_ spool: Spool, _ fixture: SpoolFixture) throws -> [String] {
        try spool.closeAll(at: fixture.moment)
        return try spool.sealedBatches(at: fixture.moment).flatMap(\.lines)
    }

    @Test func nextConnectionBeginsBehindTheLastEvent() throws {
        let first = ": hello\nretry: 10\n\n" + Self.event(0) + Self.event(1)
        let (identifiers, spool, fixture) = try run(
            [Self.events(first), Self.events(Self.event(2)), .drop], requests: 3)
        #expect(identifiers == [nil, "1", "2"])
        #expect(try Self.lines(spool, fixture) == (0...2).map(SpoolFixture.event))
        #expect(try spool.sealedBatches(at: fixture.moment).flatMap(\.manifest.gaps).isEmpty)
    }

    /// A copy of the folder while the run goes on is what a power cut leaves: what of it is stored, and no more, is
    /// what the next run goes on behind.
    @Test func nextRunBeginsBehindTheLastEventThatIsStored() throws {
        let text = (0..<40).map { Self.event($0) }.joined()
        let (_, spool, _) = try run([Self.events(text)], requests: 2)
        let cut = try folder.copy()
        withExtendedLifetime(spool) {}
        let (identifiers, after, fixture) = try run([.drop], in: cut, requests: 1)
        let lines = try Self.lines(after, fixture)
        #expect(lines == (0..<lines.count).map(SpoolFixture.event) && !lines.isEmpty)
        #expect(identifiers == ["\(lines.count - 1)"])
    }

    @Test func interruptionWithoutIdentifiersIsDeclared() throws {
        let (identifiers, spool, fixture) = try run(
            [Self.events(Self.event(0, id: false)), Self.events(Self.event(1, id: false))], requests: 3)
        #expect(identifiers == [nil, nil, nil])
        #expect(try Self.lines(spool, fixture).count == 2)
        #expect(try spool.sealedBatches(at: fixture.moment).flatMap(\.manifest.gaps).map(\.reason).contains("missed"))
    }

    @Test func dataOverSeveralLinesIsOneEvent() throws {
        let text = "data: {\"mtime\":5,\ndata: \"a\":1}\n\n"
        let (_, spool, fixture) = try run([Self.events(text)], requests: 2)
        #expect(try Self.lines(spool, fixture) == [#"{"mtime":5, "a":1}"#])
    }

    @Test func answerOfAnotherTypeIsNoStream() throws {
        let page = TestServer.Reply.answer(200, headers: ["content-type": "text/html"], body: Array("data: 1\n\n".utf8))
        let (_, spool, fixture) = try run([page, Self.events(Self.event(3))], requests: 3)
        #expect(try Self.lines(spool, fixture) == [SpoolFixture.event(3)])
    }
}
