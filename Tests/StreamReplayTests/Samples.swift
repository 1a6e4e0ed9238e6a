import Logging

@testable import StreamReplay

/// Small material for servers under test.
enum Samples {
    /// So many messages about the events `a`, `b` and `c` in turn, a second apart, from 1,000 ms on.
    /// - Parameter padding: bytes that make each of them longer.
    static func messages(_ count: Int, padding: Int = 0) -> [String] {
        let note = String(repeating: "x", count: padding)
        return (1...count).map { number in
            let event = ["a", "b", "c"][number % 3]
            return
                #"{"rsvp_id":\#(number),"mtime":\#(number * 1_000),"event":{"event_id":"\#(event)"},"note":"\#(note)"}"#
        }
    }

    static func recording(_ messages: [String]) throws -> Recording {
        try Recording(bytes: Array((messages.joined(separator: "\n") + "\n").utf8), name: "sample")
    }

    static func generated(_ count: Int, seed: UInt64, of stream: GeneratedStream = .rsvps) -> [String] {
        var source = GeneratedSource(stream, count: count, seed: seed)
        var texts: [String] = []
        var text: [UInt8] = []
        while source.appendNext(to: &text) {
            texts.append(String(decoding: text, as: UTF8.self))
            text.removeAll()
        }
        return texts
    }
}

/// Runs a server of the stream `rsvps`, and of others, for the length of `body`.
@discardableResult func withServer<Result>(
    _ material: Material, and others: [ReplayedStream] = [], _ change: (inout ReplayConfiguration) -> Void = { _ in },
    _ body: (ReplayServer) async throws -> Result
) async throws -> Result {
    var configuration = ReplayConfiguration()
    configuration.pace = .unlimited
    change(&configuration)
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    let server = try await ReplayServer.start(
        configuration, streams: [ReplayedStream(name: "rsvps", material: material)] + others, logger: logger)
    do {
        let result = try await body(server)
        try await server.shutdown()
        return result
    } catch {
        try await server.shutdown()
        throw error
    }
}

/// Asks again until the status is as wanted; fails after a minute.
func waitUntil(_ server: ReplayServer, _ isWanted: (ReplayStatus) -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !isWanted(server.status()) {
        guard ContinuousClock.now < deadline else { throw SocketClient.Failure(description: "the state never came") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
