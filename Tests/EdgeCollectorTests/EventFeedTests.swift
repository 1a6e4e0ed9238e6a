import Foundation
import JSON
import Testing
import Transfer

@testable import EdgeCollector

@Suite struct EventFeedTests {
    private let folder: TemporaryFolder
    private let outputs: LocalOutputs
    private let feed: EventFeed
    private let transfers: TransferLoop
    private let moment = Moment(monotonic: .seconds(1), milliseconds: 0, clock: .floor)
    private var path: String { folder.state.path(of: "events.sock") }

    init() throws {
        folder = try TemporaryFolder()
        var settings = LocalSettings()
        settings.socket = folder.state.path(of: "events.sock")
        outputs = try Self.outputs(settings)
        feed = try #require(outputs.feed)
        transfers = try TransferLoop()
    }

    private static func outputs(_ settings: LocalSettings) throws -> LocalOutputs {
        try LocalOutputs(
            settings, service: ServiceNotifier(environment: { _ in nil }), log: EdgeLog(level: .error))
    }

    private func readers(_ count: Int) throws -> [LocalClient] {
        let before = feed.subscriberCount
        let clients = try (0..<count).map { _ in try LocalClient(path: path) }
        try outputs.turn(transfers, at: moment) { feed.subscriberCount == before + count }
        return clients
    }

    private func publish(_ event: String, of stream: String = "rsvps", score: Double? = 0.25, model: Int64 = 4) {
        let prefix = EventFeed.Prefix(stream: stream)
        Array(event.utf8).withUnsafeBytes { feed.publish($0, of: prefix, score: score, model: model) }
    }

    @Test func everyReaderGetsTheBytesOfEveryEventInOrder() throws {
        let clients = try readers(3)
        let event = #"{ "a":1e2, "é":"\/" }"#
        publish(event)
        publish("[1]", of: #"odd"name"#, score: nil, model: 0)
        try outputs.turn(transfers, at: moment) { clients.allSatisfy { $0.receive() && $0.lines.count >= 2 } }
        for client in clients {
            #expect(
                client.lines == [
                    #"{"stream":"rsvps","score":0.25,"model":4,"event":\#(event)}"#,
                    #"{"stream":"odd\"name","score":null,"model":null,"event":[1]}"#,
                ])
            for line in client.lines { #expect(throws: Never.self) { try JSONValue(parsing: line) } }
        }
    }

    @Test func readerThatNeverReadsIsToldWhatItMissedAndDelaysNobody() throws {
        let (slow, quick) = (try readers(1)[0], try readers(1)[0])
        let padding = String(repeating: "x", count: 1000)
        let count = 4000
        for number in 0..<count {
            publish(#"{"n":\#(number),"p":"\#(padding)"}"#)
            if number % 50 == 0 {
                try outputs.turn(transfers, at: moment) { quick.receive() && quick.lines.count > number }
            }
            #expect(feed.waitingBytes <= 2 * FeedSubscriber.bufferBytes)
        }
        try outputs.turn(transfers, at: moment) { quick.receive() && quick.lines.count == count }
        #expect(!quick.text.contains("dropped") && feed.droppedLines > 0)

        let missed = feed.droppedLines
        try outputs.turn(transfers, at: moment) { slow.receive() && slow.text.contains("dropped") }
        publish(#"{"n":"after"}"#)
        try outputs.turn(transfers, at: moment) { slow.receive() && slow.text.hasSuffix("\"after\"}}\n") }
        let told = try slow.lines.compactMap { try JSONValue(parsing: $0)["dropped"]?.integer }
        #expect(told == [missed])
        #expect(Int64(slow.lines.count - told.count) + missed == Int64(count) + 1)
        #expect(try slow.lines.firstIndex { try JSONValue(parsing: $0)["dropped"] != nil } == slow.lines.count - 2)
    }

    @Test func nothingIsKeptWhileNobodyListens() throws {
        publish("{}")
        #expect(!feed.isWanted && feed.waitingBytes == 0 && feed.writing.isEmpty)
        var client: LocalClient? = try readers(1)[0]
        #expect(feed.isWanted && client != nil)
        client = nil
        try outputs.turn(transfers, at: moment) { !feed.isWanted }
    }

    @Test func readerThatTalksIsDisconnected() throws {
        let client = try readers(1)[0]
        client.send("GET / HTTP/1.1\r\n\r\n".utf8)
        try outputs.turn(transfers, at: moment) { !feed.isWanted }
        #expect(!client.receive())
    }

    @Test func oneReaderTooManyIsTurnedAway() throws {
        let clients = try readers(EventFeed.subscriberLimit)
        let last = try LocalClient(path: path)
        try outputs.turn(transfers, at: moment) { !last.receive() }
        #expect(feed.subscriberCount == clients.count)
    }

    @Test func feedOfTheSameSocketIsTakenOverWithItsReaders() throws {
        let client = try readers(1)[0]
        var settings = LocalSettings()
        settings.socket = path
        settings.metrics = LoopbackAddress("127.0.0.1:0")
        let next = try LocalOutputs(settings, service: outputs.service, former: outputs, log: EdgeLog(level: .error))
        #expect(next.feed === feed && next.metrics != nil)
        publish("{}")
        try next.turn(transfers, at: moment) { client.receive() && client.lines.count == 1 }
        settings.socket = nil
        let last = try LocalOutputs(settings, service: outputs.service, former: next, log: EdgeLog(level: .error))
        #expect(last.feed == nil && last.metrics === next.metrics)
    }

    @Test func staleSocketIsReplacedAndOthersAreLeftAlone() throws {
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)

        var settings = LocalSettings()
        settings.socket = path
        #expect(throws: EdgeError.self, "somebody listens there") { try Self.outputs(settings) }
        _ = try readers(1)

        let stale = folder.state.path(of: "stale.sock")
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try #require(UnixAddress(stale))
        try #require(address.withSocketAddress { bind(left, $0, $1) } == 0)
        close(left)
        settings.socket = stale
        var second: LocalOutputs? = try Self.outputs(settings)
        #expect(second != nil)
        second = nil
        #expect(stat(stale, &status) != 0, "it goes with its owner")

        _ = try folder.state.create("file", [1])
        settings.socket = folder.state.path(of: "file")
        #expect(throws: EdgeError.self) { try Self.outputs(settings) }
        #expect(try folder.state.read("file") == [1])
    }
}
