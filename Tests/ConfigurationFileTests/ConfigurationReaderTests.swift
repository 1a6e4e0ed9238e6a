import ConfigurationFile
import Testing

@Suite struct ConfigurationReaderTests {
    private static let text = """
        [edge]
        state = state
        name = north
        [spool]
        quota = 64 MiB
        flush-interval = 250 ms
        compression-level = 9
        durable = false
        overflow = drop-oldest
        [stream rsvps]
        definition = ../streams/rsvps.json
        [stream photos]
        definition = /etc/photos.json
        """

    @Test func readsEachKindOfValue() throws {
        let reader = ConfigurationReader(ConfigurationFile(text: Self.text, source: "/etc/waystation/edge.conf"))
        #expect(reader.requiredPath("edge", "state") == "/etc/waystation/state")
        #expect(reader.requiredString("edge", "name") == "north")
        #expect(reader.byteCount("spool", "quota", default: .kibibytes(1)) == .mebibytes(64))
        #expect(reader.duration("spool", "flush-interval", default: .seconds(1)) == .milliseconds(250))
        #expect(reader.integer("spool", "compression-level", default: 3, in: 1...19) == 9)
        #expect(reader.boolean("spool", "durable", default: true) == false)
        let policies = ["stop-reading", "drop-oldest"]
        #expect(reader.enumeration("spool", "overflow", of: policies, default: "stop-reading") == "drop-oldest")
        let streams = reader.named("stream")
        #expect(streams.map(\.name) == ["rsvps", "photos"])
        #expect(
            streams.map { reader.path($0.section, "definition") } == [
                "/etc/waystation/../streams/rsvps.json", "/etc/photos.json",
            ])
        try reader.finish()
    }

    @Test func givesDefaultsForWhatIsNotThere() throws {
        let reader = ConfigurationReader(ConfigurationFile(text: "", source: "edge.conf"))
        #expect(reader.string("edge", "name") == nil)
        #expect(reader.string("edge", "name", default: "x") == "x")
        #expect(reader.path("edge", "state") == nil)
        #expect(reader.path("edge", "state", default: "state") == "state")
        #expect(reader.byteCount("spool", "quota", default: .kibibytes(1)) == .kibibytes(1))
        #expect(reader.duration("spool", "flush", default: .seconds(1)) == .seconds(1))
        #expect(reader.integer("spool", "level", default: 3, in: 1...19) == 3)
        #expect(reader.boolean("spool", "durable", default: true))
        #expect(reader.enumeration("log", "level", of: ["info"], default: "info") == "info")
        #expect(reader.named("stream").isEmpty)
        try reader.finish()
    }

    @Test(arguments: [
        ("edge.conf", "state", "state"), ("./edge.conf", "state", "./state"), ("a/edge.conf", "./b/c", "a/b/c"),
        ("a/edge.conf", "/b", "/b"), ("/edge.conf", "b", "/b"),
    ])
    func resolvesPathsAgainstTheFolderOfTheFile(source: String, value: String, path: String) {
        let reader = ConfigurationReader(ConfigurationFile(text: "[a]\nb = \(value)", source: source))
        #expect(reader.path("a", "b") == path)
    }

    @Test func collectsAllErrorsByLine() throws {
        let text = """
            [edge]
            nmae = north
            what is this
            [spool]
            quota = 64 MB
            flush-interval = 2 h
            level = 20
            durable = yes
            overflow = forget
            quota = 1 GiB
            [spol]
            a = b
            [stream]
            """
        let reader = ConfigurationReader(ConfigurationFile(text: text, source: "edge.conf"))
        _ = reader.requiredPath("edge", "state")
        _ = reader.string("edge", "name")
        _ = reader.byteCount("spool", "quota", default: .kibibytes(1))
        _ = reader.duration("spool", "flush-interval", default: .seconds(1), in: .milliseconds(1) ... .seconds(60))
        _ = reader.integer("spool", "level", default: 3, in: 1...19)
        _ = reader.boolean("spool", "durable", default: true)
        _ = reader.enumeration("spool", "overflow", of: ["stop-reading", "drop-oldest"], default: "stop-reading")
        _ = reader.requiredString("cloud", "url")
        #expect(reader.named("stream").isEmpty)
        let expected = """
            edge.conf:1: key 'state' is missing in [edge]
            edge.conf:2: unknown key 'nmae' in [edge]; the nearest known key is 'name'
            edge.conf:3: 'what is this' is neither '[section]' nor 'key = value' nor '# comment'
            edge.conf:5: key 'quota' in [spool] is '64 MB', but must be an amount such as '64 KiB' or '4 MiB'
            edge.conf:6: key 'flush-interval' in [spool] is '2 h', but must be a span such as '10 s' or '15 min', \
            from 1 ms to 1 min
            edge.conf:7: key 'level' in [spool] is '20', but must be a whole number from 1 to 19
            edge.conf:8: key 'durable' in [spool] is 'yes', but must be true or false
            edge.conf:9: key 'overflow' in [spool] is 'forget', but must be one of stop-reading, drop-oldest
            edge.conf:10: key 'quota' in [spool] is repeated, it was set at line 5
            edge.conf:11: unknown section [spol]; the nearest known section is [spool]
            edge.conf:13: section [stream] needs a name: [stream NAME]
            edge.conf:13: key 'url' is missing in [cloud]
            """
        #expect {
            try reader.finish()
        } throws: { error in
            guard let errors = error as? ConfigurationErrors else { return false }
            #expect(
                errors.errors.map(\.description).sorted() == expected.split(separator: "\n").map(String.init).sorted())
            return errors.errors.map(\.line) == errors.errors.map(\.line).sorted()
        }
    }

    @Test func notesWhatTheCallerRejects() {
        let reader = ConfigurationReader(ConfigurationFile(text: "[cloud]\nurl = ftp://x", source: "x"))
        #expect(reader.requiredString("cloud", "url") == "ftp://x")
        reader.reject("cloud", "url", wanted: "an address that begins with https://")
        #expect {
            try reader.finish()
        } throws: { error in
            "\(error)" == "x:2: key 'url' in [cloud] is 'ftp://x', but must be an address that begins with https://"
        }
    }

    @Test func aMisspelledNamedSectionIsUnknown() {
        let reader = ConfigurationReader(ConfigurationFile(text: "[steam rsvps]", source: "x"))
        #expect(reader.named("stream").isEmpty)
        #expect {
            try reader.finish()
        } throws: {
            "\($0)" == "x:1: unknown section [steam rsvps]; the nearest known section is [stream NAME]"
        }
    }
}
