import ConfigurationFile
import Foundation
import Testing

@testable import EdgeCollector

@Suite struct EdgeConfigurationTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let streams = "\(project)/cloud/streams"

    private static func read(_ text: String) throws -> EdgeConfiguration {
        try EdgeConfiguration(ConfigurationFile(text: text, source: "\(project)/edge/test.conf"))
    }

    /// The installed file, its stream file looked for where the project has it.
    private static func installed() throws -> String {
        try String(contentsOfFile: "\(project)/edge/edge.conf", encoding: .utf8)
            .replacingOccurrences(of: "/etc/waystation/streams", with: streams)
    }

    @Test func installedFileIsRightAndMeansTheDefaults() throws {
        let configuration = try Self.read(Self.installed())
        #expect(configuration.state.path == EdgeConfiguration.usualState)
        #expect(configuration.streams.map(\.name) == ["rsvps"])
        #expect(configuration.streams[0].url == "wss://stream.meetup.com/2/rsvps")
        #expect(configuration.streams[0].resume?.parameter == "since_mtime")
        #expect(configuration.spool == SpoolSettings() && configuration.uplink == UplinkSettings())
        #expect(configuration.cloud == nil && configuration.logLevel == .info)
        #expect(configuration.local == LocalSettings())
    }

    /// What stands behind a '#' is what the key means when it is left out, so reading it must change nothing.
    @Test func commentedKeysOfTheInstalledFileAreTheDefaults() throws {
        let text = try Self.installed().split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }.joined(separator: "\n")
        let configuration = try Self.read(text)
        let usual = try Self.read(Self.installed())
        #expect(configuration.local.socket != nil && configuration.local.metrics != nil)
        #expect(configuration.name == "roof" && configuration.cloud?.authority == "cloud.example:8443")
        #expect(configuration.spool == usual.spool && configuration.uplink == usual.uplink)
        #expect(configuration.modelWait == usual.modelWait && configuration.logLevel == usual.logLevel)
        // The other streams are offered there, too.
        #expect(configuration.streams.map(\.name) == ["rsvps", "photos", "event_comments"])
        for stream in configuration.streams {
            #expect(stream.url == stream.plan.source.url && stream.resume?.url == stream.plan.source.resume?.url)
        }
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try Self.read(
            """
            [edge]
            state = state/one
            name = roof
            connections-per-host = 4
            [cloud]
            url = https://127.0.0.1:9443
            proxy = socks5h://127.0.0.1:1080
            [stream rsvps]
            definition = \(Self.streams)/rsvps.json
            url = ws://127.0.0.1:1/2/rsvps
            resume-url = http://127.0.0.1:1/2/rsvps
            proxy = http://user:word@proxy:3128
            authority = relay.pem
            [spool]
            quota = 20 MiB
            flush-bytes = 4 KiB
            flush-interval = 50 ms
            seal-bytes = 8 KiB
            seal-interval = 200 ms
            compression-level = 9
            durability = when-offline
            overflow = drop-newest
            [uplink]
            parallel = 4
            timeout = 5 s
            retry-first = 20 ms
            retry-limit = 2 s
            order = strict
            bandwidth = 64 KiB
            quiet = 22:00-06:00,12:00-13:00
            utc-offset = -03:30
            [model]
            wait = 7 s
            [local]
            socket = events.sock
            metrics = [::1]:0
            [log]
            level = debug
            """)
        #expect(configuration.state.path == "\(Self.project)/edge/state/one" && configuration.name == "roof")
        #expect(configuration.cloud?.authority == "127.0.0.1:9443")
        #expect(configuration.streams[0].url == "ws://127.0.0.1:1/2/rsvps")
        #expect(configuration.streams[0].resume?.url == "http://127.0.0.1:1/2/rsvps")
        #expect(configuration.proxy == "socks5h://127.0.0.1:1080")
        #expect(configuration.streams[0].proxy == "http://user:word@proxy:3128" && configuration.streams[0].follows)
        #expect(configuration.spool.quotaBytes == 20 << 20 && configuration.spool.flushBytes == 4096)
        #expect(configuration.spool.flushInterval == .milliseconds(50) && configuration.spool.sealBytes == 8192)
        #expect(configuration.spool.sealInterval == .milliseconds(200) && configuration.spool.compressionLevel == 9)
        #expect(configuration.connectionsPerHost == 4)
        #expect(configuration.streams[0].authority == "\(Self.project)/edge/relay.pem")
        #expect(configuration.spool.durability == .whenOffline)
        #expect(configuration.uplink.parallel == 4 && configuration.uplink.timeout == .seconds(5))
        #expect(configuration.uplink.retryFirst == .milliseconds(20) && configuration.uplink.retryLimit == .seconds(2))
        #expect(configuration.spool.overflow == .dropNewest)
        #expect(configuration.overflow(of: configuration.streams[0]) == .dropNewest)
        #expect(configuration.uplink.order == .strict && configuration.uplink.bandwidth == 64 << 10)
        #expect(configuration.uplink.quiet.description == "22:00-06:00, 12:00-13:00 UTC-03:30")
        #expect(configuration.modelWait == .seconds(7) && configuration.logLevel == .debug)
        #expect(configuration.local.socket == "\(Self.project)/edge/events.sock")
        #expect(configuration.local.metrics == LoopbackAddress("[::1]:0"))
    }

    @Test func sourceThatCannotTellWhatWasMissedIsNotClosedAtTheQuota() throws {
        var configuration = try Self.read(
            """
            [cloud]
            url = https://127.0.0.1:9443
            [stream rsvps]
            definition = \(Self.streams)/rsvps.json
            """)
        #expect(configuration.spool.overflow == nil)
        #expect(configuration.overflow(of: configuration.streams[0]) == .stopReading)
        configuration.streams[0].resume = nil
        #expect(configuration.overflow(of: configuration.streams[0]) == .dropOldest)
        configuration.spool.overflow = .stopReading
        #expect(configuration.overflow(of: configuration.streams[0]) == .stopReading)
    }

    @Test func allThatIsWrongIsSaidAtOnce() throws {
        let text = """
            [edge]
            stat = x
            [cloud]
            url = http://cloud
            [stream rsvps]
            definition = \(Self.streams)/rsvps.json
            url = https://not-a-websocket
            [spool]
            quota = 1 KiB
            [model]
            wait = 2 h
            [local]
            socket = /run/\(String(repeating: "x", count: 120))
            metrics = 0.0.0.0:9464
            """
        let errors = try #require(throws: ConfigurationErrors.self) { _ = try Self.read(text) }
        #expect(errors.errors.map(\.line) == [2, 4, 7, 9, 11, 13, 14])
        #expect("\(errors)".contains("the nearest known key is 'state'"))
    }

    @Test(arguments: [
        ("proxy = ftp://proxy", "http:// or"), ("follow = true", "does not come from a file"),
    ])
    func keyThatDoesNotFitTheStreamIsSaid(line: String, word: String) throws {
        let text = "[stream rsvps]\ndefinition = \(Self.streams)/rsvps.json\n\(line)\n"
        let errors = try #require(throws: ConfigurationErrors.self) { _ = try Self.read(text) }
        #expect(errors.errors.map(\.line) == [3] && "\(errors)".contains(word))
    }

    /// A stream file of transport `file`, written beside a configuration.
    @Test(arguments: [
        ("", true), ("url = file:///var/log/other.ndjson\nfollow = false\n", true), ("url = -\n", true),
        ("url = /var/log/other.ndjson\n", false), ("url = https://x\n", false), ("proxy = http://p\n", false),
        ("authority = a.pem\n", false),
    ])
    func streamFromAFile(lines: String, isRight: Bool) throws {
        let folder = try TemporaryFolder()
        let installed = try String(contentsOfFile: "\(Self.streams)/rsvps.json", encoding: .utf8)
        let start = try #require(installed.range(of: "\"source\": {")).lowerBound
        let end = try #require(installed.range(of: "\"event\": {")).lowerBound
        let source = #""source": {"url": "file:///var/log/rsvps.ndjson", "transport": "file", "silence": "60 s"}, "#
        try installed.replacingCharacters(in: start..<end, with: source)
            .write(toFile: "\(folder.path)/rsvps.json", atomically: true, encoding: .utf8)
        let text = "[stream rsvps]\ndefinition = \(folder.path)/rsvps.json\n\(lines)"
        guard isRight else {
            #expect(throws: ConfigurationErrors.self) { _ = try Self.read(text) }
            return
        }
        let stream = try Self.read(text).streams[0]
        #expect(stream.follows == !lines.contains("false"))
        #expect(stream.url == (lines.isEmpty ? "file:///var/log/rsvps.ndjson" : stream.url))
    }

    @Test(arguments: [
        ("order = newest", "live-first"), ("bandwidth = 1 KiB", "at least 11 KiB"), ("bandwidth = fast", "256 KiB"),
        ("bandwidth = 32 KiB\n[spool]\nseal-bytes = 3 MiB", "at least 52 KiB"), ("quiet = 8-18", "leave some"),
        ("quiet = 00:00-24:00", "leave some"), ("utc-offset = 02:00", "+02:00"), ("utc-offset = +15:00", "+02:00"),
    ])
    func trafficThatCannotBeMeantIsSaid(line: String, words: String) throws {
        let text = "[stream rsvps]\ndefinition = \(Self.streams)/rsvps.json\n[uplink]\n\(line)\n"
        let errors = try #require(throws: ConfigurationErrors.self) { _ = try Self.read(text) }
        #expect(errors.errors.map(\.line) == [4])
        #expect("\(errors)".contains(words))
    }

    @Test(arguments: [
        ("[edge]\nstate = x\n", "definition"),
        ("[stream rsvps]\ndefinition = nowhere.json\n", "nowhere.json"),
        ("[stream photos]\ndefinition = \(streams)/rsvps.json\n", "not of 'rsvps'"),
    ])
    func streamThatCannotBeCollectedIsSaid(text: String, word: String) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { _ = try Self.read(text) }
        #expect("\(errors)".contains(word))
    }
}
