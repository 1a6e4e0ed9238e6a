import Glibc
import Testing

@testable import ConfigurationFile

@Suite struct ConfigurationFileTests {
    @Test func takesSectionsKeysAndCommentsApart() {
        let text = """
            \u{FEFF}# about this edge
            [edge]\r
            state = /var/lib/waystation   # where the spool is\r
            name=berlin  north
            \t[ stream   rsvps ]
            url = wss://host/2/rsvps?a=b#fragment
            """
        let file = ConfigurationFile(text: text, source: "edge.conf")
        #expect(file.errors.isEmpty)
        #expect(file.sections.map(\.title) == ["edge", "stream rsvps"])
        #expect(file.sections.map(\.line) == [2, 5])
        #expect(
            file.sections[0].entries.mapValues(\.value) == ["state": "/var/lib/waystation", "name": "berlin  north"])
        #expect(file.sections[1].entries["url"]?.value == "wss://host/2/rsvps?a=b#fragment")
        #expect(file.sections[1].entries["url"]?.line == 6)
    }

    @Test(arguments: [
        ("what", ConfigurationError.malformedLine("what")),
        ("[edge", .malformedLine("[edge")),
        ("[]", .malformedLine("[]")),
        ("[Edge]", .malformedLine("[Edge]")),
        ("key = 1", .keyOutsideSection("key")),
        ("[a]\nKey = 1", .malformedLine("Key = 1")),
        ("[a]\n= 1", .malformedLine("= 1")),
        ("[a]\nkey =   # nothing", .emptyValue(key: "key", section: "a")),
        ("[a]\nkey = 1\nkey = 1", .repeatedKey("key", section: "a", firstLine: 2)),
        ("[a]\n[b]\n[a]", .repeatedSection("a", firstLine: 1)),
        ("[a x]\n[ a  x ]", .repeatedSection("a x", firstLine: 1)),
    ])
    func notesWhatIsWrongWithALine(text: String, error: ConfigurationError) {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        let file = ConfigurationFile(text: text, source: "x.conf")
        #expect(file.errors == [.init(source: "x.conf", line: lines, error: error)])
    }

    @Test func readsAFile() throws {
        let path = try temporaryFile(Array("[edge]\nname = ü\n".utf8))
        defer { unlink(path) }
        let file = try ConfigurationFile(contentsOf: path)
        #expect(file.sections.first?.entries["name"]?.value == "ü")
    }

    @Test func namesAMissingFile() {
        #expect {
            try ConfigurationFile(contentsOf: "/nonexistent/edge.conf")
        } throws: { error in
            "\(error)" == "/nonexistent/edge.conf:1: the file cannot be read: No such file or directory"
        }
    }

    @Test func refusesAFileThatIsNoTextOrTooLarge() throws {
        for bytes in [[0xFF, 0xFE], [UInt8](repeating: 0x20, count: ConfigurationFile.maximumByteCount + 1)] {
            let path = try temporaryFile(bytes)
            defer { unlink(path) }
            #expect(throws: ConfigurationErrors.self) { try ConfigurationFile(contentsOf: path) }
        }
    }

    private func temporaryFile(_ bytes: [UInt8]) throws -> String {
        var template = Array("\(P_tmpdir)/configuration-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
