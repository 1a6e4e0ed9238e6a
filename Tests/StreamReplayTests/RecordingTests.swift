import Testing

@testable import StreamReplay

struct RecordingTests {
    private func texts(_ recording: Recording) -> [String] {
        var source = RecordedSource([recording])
        var texts: [String] = []
        var scratch: [UInt8] = []
        while let message = source.next() {
            texts.append(message.withText(&scratch) { String(decoding: $0, as: UTF8.self) })
        }
        return texts
    }

    private func recording(_ text: String) throws -> Recording {
        try Recording(bytes: Array(text.utf8), name: "sample")
    }

    @Test func aLastLineCutOffIsPassedOverWithAWarning() throws {
        let whole = #"{"mtime":1}"# + "\n"
        let second = #"{"mtime":2,"member":{"name":"Zoë"}}"#
        for cut in 1..<second.utf8.count {
            let bytes = Array(whole.utf8) + second.utf8.prefix(cut)
            let recording = try Recording(bytes: bytes, name: "sample")
            #expect(texts(recording) == [#"{"mtime":1}"#])
            #expect(recording.warnings == ["sample: the last line, 2, is cut off and passed over"])
        }
        let uncut = try recording(whole + second)
        #expect(uncut.count == 2)
        #expect(uncut.warnings.isEmpty)
    }

    @Test func aLastLineThatIsANumberIsNoWholeObject() throws {
        #expect(try recording("{}\n12").count == 1)
    }

    @Test func carriageReturnsAndEmptyLinesAreNoMessages() throws {
        let recording = try recording("{\"mtime\":1}\r\n\r\n\n{\"mtime\":2}\r\n{\"mtime\":3}\r")
        #expect(texts(recording) == [1, 2, 3].map { "{\"mtime\":\($0)}" })
        #expect(recording.lines.map(\.mtime) == [1, 2, 3])
        #expect(recording.warnings.isEmpty)
    }

    @Test func aWholeLineThatIsNoJSONIsKeptWithoutATime() throws {
        let recording = try recording("{\"mtime\":1}\nnot JSON {\n[1]\n{\"mtime\":\"soon\"}\n")
        #expect(texts(recording) == [#"{"mtime":1}"#, "not JSON {", "[1]", #"{"mtime":"soon"}"#])
        #expect(recording.lines.map(\.mtime) == [1, nil, nil, nil])
    }

    @Test func aLineThatIsNotUTF8IsPassedOverWithAWarning() throws {
        let recording = try Recording(bytes: [0x7B, 0x7D, 0x0A, 0xFF, 0xFE, 0x0A], name: "sample")
        #expect(recording.count == 1)
        #expect(recording.warnings == ["sample: line 2 is not UTF-8 and passed over"])
    }

    @Test(arguments: ["", "\n\r\n", "{\"cut"])
    func aRecordingWithoutAMessageIsAnError(text: String) {
        #expect(throws: ReplayError.empty(path: "sample")) { try recording(text) }
    }

    @Test func aMissingFileIsAnErrorThatNamesIt() {
        #expect {
            _ = try Recording(path: "/nowhere/recording.ndjson")
        } throws: { error in
            "\(error)".contains("/nowhere/recording.ndjson") && "\(error)".contains("No such file")
        }
    }
}
