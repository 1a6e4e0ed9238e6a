import BatchFormat
import JSON
import Testing

@testable import EdgeCollector

@Suite struct EventRecorderTests {
    private let fixture: SpoolFixture
    private let spool: Spool
    private let recorder: EventRecorder

    init() throws {
        fixture = try SpoolFixture()
        spool = try fixture.open()
        _ = try spool.adopt(epoch: 1)
        recorder = try EventRecorder(
            EdgeConfiguration.Stream.rsvps(transport: .file, url: "-").plan, spool: spool, scorer: Scorer())
    }

    private func record(_ message: some Sequence<UInt8>) throws {
        _ = try Array(message).withUnsafeBytes { try recorder.record($0, at: fixture.moment) }
    }

    private func close() throws -> (manifest: Manifest, lines: [String]) {
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        let batch = try #require(try spool.sealedBatches(at: fixture.moment).first)
        return (batch.manifest, batch.lines)
    }

    @Test func bytesAreKeptAsTheyCame() throws {
        let messages = [#"{ "mtime" : 5, "é":"\/" }"#, #"{"mtime":3}"#]
        for message in messages { try record(message.utf8) }
        try record((messages[0] + "\n").utf8)
        try record((messages[0] + "\r\n").utf8)
        try record("\n".utf8)
        try record("".utf8)
        let batch = try close()
        #expect(batch.lines == messages + [messages[0], messages[0]])
        #expect(batch.manifest.firstEventMilliseconds == 3 && batch.manifest.lastEventMilliseconds == 5)
        #expect(batch.manifest.gaps.isEmpty)
    }

    @Test func timesInSecondsAreToldInMilliseconds() throws {
        let plan = try EdgeConfiguration.Stream.rsvps(transport: .file, url: "-", unit: .second).plan
        let recorder = try EventRecorder(plan, spool: spool, scorer: Scorer())
        for (message, expected) in [
            (#"{"mtime":1700000000}"#, 1_700_000_000_000), (#"{"mtime":9223372036854775807}"#, nil),
        ] as [(String, Int64?)] {
            let time = try Array(message.utf8).withUnsafeBytes { try recorder.record($0, at: fixture.moment) }
            #expect(time == expected)
        }
        let manifest = try close().manifest
        #expect(manifest.firstEventMilliseconds == 1_700_000_000_000 && manifest.events == 2)
    }

    @Test func malformedLineIsKeptAndCounted() throws {
        try record(#"{"mtime":5"#.utf8)
        try record("not json".utf8)
        try record([0xFF, 0xFE])
        try record(#"{"mtime":7}"#.utf8)
        let batch = try close()
        #expect(batch.manifest.events == 4 && batch.manifest.lastEventMilliseconds == 7)
        let malformed = try spool.database.prepare("SELECT malformed FROM streams").firstRow()?[0].integer
        #expect(malformed == 3)
    }

    @Test func messageThatIsNoLineIsPutAside() throws {
        try record("{\"a\":\n1}".utf8)
        try record([UInt8](repeating: 0x20, count: BatchLimits.maximumLineBytes + 1))
        try record([UInt8](repeating: 0x20, count: BatchLimits.maximumLineBytes))
        let batch = try close()
        #expect(batch.manifest.events == 1)
        #expect(batch.manifest.gaps.map(\.reason) == ["line-feed", "oversized"])
        #expect(batch.manifest.gaps.map(\.bytes) == [8, Int64(BatchLimits.maximumLineBytes + 1)])
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func linesAreCutWhateverThePieces(size: Int) {
        let text = "first\n\nsecond\r\nthird without an end"
        let splitter = LineSplitter()
        var lines: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.append(Array(bytes[start..<min(start + size, bytes.count)])) {
                lines.append(String(decoding: $0, as: UTF8.self))
            }
        }
        #expect(lines == ["first", "", "second\r"])
        splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        #expect(lines.last == "third without an end")
    }

    @Test func lineWithoutEndTakesNoMoreThanItsLimit() {
        let splitter = LineSplitter()
        for _ in 0..<10 {
            splitter.append([UInt8](repeating: 0x61, count: 50_000)) { _ in Issue.record("no line yet") }
        }
        var counts: [Int] = []
        splitter.append(Array("\nnext\n".utf8)) { counts.append($0.count) }
        #expect(counts == [LineSplitter.limit, 4])
    }
}
