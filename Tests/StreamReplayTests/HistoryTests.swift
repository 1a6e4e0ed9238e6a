import Testing

@testable import StreamReplay

struct HistoryTests {
    @Test(arguments: [0, 1, 7, 100])
    func theNewestMessagesAreKeptUnderTheirNumbers(limit: Int) throws {
        let recording = try Samples.recording(Samples.messages(50))
        var history = History(limit: limit)
        for line in 0..<50 { history.append(Message(content: .recorded(recording, line: line), beginsTimeline: false)) }
        #expect(history.end == 50)
        #expect(history.start == max(0, 50 - limit))
        for number in history.start..<history.end { #expect(history[number].mtime == Int64(number + 1) * 1_000) }
    }
}
