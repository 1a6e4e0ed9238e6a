import Testing

@testable import EdgeCollector

@Suite struct EventStreamParserTests {
    private static func parse(_ pieces: [[UInt8]]) -> [EventStreamParser.Message] {
        let parser = EventStreamParser()
        var messages: [EventStreamParser.Message] = []
        for piece in pieces { parser.append(piece) { messages.append($0) } }
        return messages
    }

    private static func message(_ data: String, id: String? = nil, type: String = "message")
        -> EventStreamParser.Message
    {
        EventStreamParser.Message(identifier: id, type: type, data: Array(data.utf8))
    }

    /// The examples of WHATWG HTML, section 9.2.6, and each rule of its grammar; LF stands for any line end.
    private static let cases: [(text: String, messages: [EventStreamParser.Message])] = [
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [message("first event", id: "1"), message("second event"), message(" third event")]
        ),
        ("data\n\ndata\ndata\n\ndata:", [message("\n")]),
        ("data:test\n\ndata: test\n\n", [message("test"), message("test")]),
        ("event: add\ndata: 1\n\ndata: 2\n\n", [message("1", type: "add"), message("2")]),
        ("id: 7\n\ndata: a\n\n", [message("a", id: "7")]),
        ("id: a\u{0}b\ndata: x\n\n", [message("x")]),
        ("id: 5\ndata: a\n\nid: \u{1}\ndata: b\n\n", [message("a", id: "5"), message("b", id: "5")]),
        ("Data: no\ndatas: no\n data: no\ndata: yes\n\n", [message("yes")]),
        ("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\ndata: é\u{FEFF}\n\n", [message("a"), message("é\u{FEFF}")]),
        ("\n\n\ndata: a\n\n\n\n", [message("a")]),
        ("data: unfinished\n", []),
    ]

    @Test(arguments: cases.indices, ["\n", "\r", "\r\n"])
    func readsTheSameHoweverItIsCut(index: Int, lineEnd: String) {
        let (text, messages) = Self.cases[index]
        let bytes = Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd).utf8)
        #expect(Self.parse([bytes]) == messages)
        #expect(Self.parse(bytes.map { [$0] }) == messages, "byte by byte")
        for cut in bytes.indices {
            #expect(Self.parse([Array(bytes[..<cut]), [], Array(bytes[cut...])]) == messages, "cut at \(cut)")
        }
    }

    @Test func retryIsDigitsAlone() {
        let parser = EventStreamParser()
        for (text, milliseconds) in [("-1", nil), ("", nil), ("1500", 1500), ("2s", 1500), ("0", 0)] as [(String, Int?)]
        {
            parser.append(Array("retry: \(text)\n".utf8)) { _ in }
            #expect(parser.retry == milliseconds.map { .milliseconds($0) })
        }
    }

    @Test func identifierOfTheLastConnectionHoldsUntilAnother() {
        let parser = EventStreamParser(identifier: "9")
        var identifiers: [String?] = []
        parser.append(Array("data: a\n\nid: 10\ndata: b\n\n".utf8)) { identifiers.append($0.identifier) }
        #expect(identifiers == ["9", "10"])
    }

    @Test func endlessLineAndEndlessEventTakeNoMoreMemoryThanOneThatIsTooLong() {
        let limit = 64 * 1024 + 1
        let line = Array("data: ".utf8) + [UInt8](repeating: 120, count: 1 << 20)
        #expect(Self.parse([line, line, Array("\n\n".utf8)]).map(\.data.count) == [limit])
        let lines = Array(repeating: Array("data: 0123456789\n".utf8), count: 10_000)
        #expect(Self.parse(lines + [[10]]).map(\.data.count) == [limit])
    }
}
