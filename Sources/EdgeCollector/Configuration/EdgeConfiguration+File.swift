import ConfigurationFile
import StreamDefinition

extension EdgeConfiguration {
    /// Reads a configuration file and the stream files it names; throws all that is wrong in one go.
    public init(contentsOf path: String) throws(ConfigurationErrors) {
        try self.init(ConfigurationFile(contentsOf: path))
    }

    /// Reads a configuration and the stream files it names; throws all that is wrong in one go.
    public init(_ file: ConfigurationFile) throws(ConfigurationErrors) {
        let reader = ConfigurationReader(file)
        state = StateDirectory(path: reader.path("edge", "state", default: Self.usualState))
        name = reader.string("edge", "name", default: "")
        connectionsPerHost = reader.integer("edge", "connections-per-host", default: 10, in: 1...1000)
        cloud = Self.cloud(reader)
        proxy = Self.proxy(reader, "cloud")
        spool = Self.spool(reader)
        uplink = Self.uplink(reader)
        Self.setTraffic(of: &uplink, sealBytes: spool.sealBytes, reader)
        modelWait = reader.duration("model", "wait", default: .seconds(50), in: .seconds(1)...(.seconds(55)))
        let level = reader.enumeration("log", "level", of: EdgeLog.Level.allCases.map(\.rawValue), default: "info")
        logLevel = EdgeLog.Level(rawValue: level) ?? .info
        streams = Self.streams(reader)
        local = Self.local(reader)
        try reader.finish()
    }

    private static func cloud(_ reader: ConfigurationReader) -> CloudAddress? {
        guard let text = reader.string("cloud", "url"), !text.isEmpty else { return nil }
        if let address = CloudAddress(text) { return address }
        reader.reject("cloud", "url", wanted: "https://HOST or https://HOST:PORT")
        return nil
    }

    /// The value of `overflow` that leaves the choice to each stream.
    private static let byStream = "by-stream"

    private static func spool(_ reader: ConfigurationReader) -> SpoolSettings {
        let usual = SpoolSettings()
        var settings = usual
        settings.quotaBytes =
            reader.byteCount(
                "spool", "quota", default: ByteCount(bytes: usual.quotaBytes), in: .mebibytes(8)...(.gibibytes(1024))
            ).bytes
        let policies = OverflowPolicy.allCases.map(\.rawValue)
        settings.overflow = OverflowPolicy(
            rawValue: reader.enumeration("spool", "overflow", of: [byStream] + policies, default: byStream))
        settings.flushBytes =
            reader.byteCount(
                "spool", "flush-bytes", default: ByteCount(bytes: usual.flushBytes), in: .kibibytes(1)...(.mebibytes(1))
            ).bytes
        settings.flushInterval = reader.duration(
            "spool", "flush-interval", default: usual.flushInterval, in: .milliseconds(10)...(.seconds(60)))
        settings.sealBytes =
            reader.byteCount(
                "spool", "seal-bytes", default: ByteCount(bytes: usual.sealBytes), in: .kibibytes(4)...(.mebibytes(3))
            ).bytes
        settings.sealInterval = reader.duration(
            "spool", "seal-interval", default: usual.sealInterval, in: .milliseconds(100)...(.seconds(86_400)))
        let durability = reader.enumeration(
            "spool", "durability", of: Durability.allCases.map(\.rawValue), default: usual.durability.rawValue)
        settings.durability = Durability(rawValue: durability) ?? usual.durability
        settings.compressionLevel = reader.integer(
            "spool", "compression-level", default: usual.compressionLevel, in: 1...19)
        return settings
    }

    private static func uplink(_ reader: ConfigurationReader) -> UplinkSettings {
        let usual = UplinkSettings()
        var settings = usual
        settings.parallel = reader.integer("uplink", "parallel", default: usual.parallel, in: 1...16)
        settings.timeout = reader.duration(
            "uplink", "timeout", default: usual.timeout, in: .seconds(1)...(.seconds(3600)))
        settings.retryFirst = reader.duration(
            "uplink", "retry-first", default: usual.retryFirst, in: .milliseconds(10)...(.seconds(3600)))
        settings.retryLimit = reader.duration(
            "uplink", "retry-limit", default: usual.retryLimit, in: .milliseconds(10)...(.seconds(86_400)))
        return settings
    }

    private static func local(_ reader: ConfigurationReader) -> LocalSettings {
        var settings = LocalSettings()
        if let path = reader.path("local", "socket"), !path.isEmpty {
            settings.socket = path
            // The path becomes absolute where the configuration's own path is not.
            if path.utf8.count > UnixAddress.maximumPathBytes {
                reader.reject("local", "socket", wanted: "a path of at most \(UnixAddress.maximumPathBytes) bytes")
            }
        }
        if let text = reader.string("local", "metrics"), !text.isEmpty {
            settings.metrics = LoopbackAddress(text)
            if settings.metrics == nil {
                reader.reject("local", "metrics", wanted: "a loopback address such as 127.0.0.1:9464 or [::1]:9464")
            }
        }
        return settings
    }

    private static func streams(_ reader: ConfigurationReader) -> [Stream] {
        let sections = reader.named("stream")
        let streams = sections.compactMap { stream(reader, name: $0.name, section: $0.section) }
        if sections.isEmpty {
            _ = reader.requiredPath("stream NAME", "definition")
        } else if sections.count > maximumStreams {
            let first = sections[maximumStreams].section
            reader.reject(first, "definition", wanted: "one of at most \(maximumStreams) streams")
        }
        return streams
    }

    private static func stream(_ reader: ConfigurationReader, name: String, section: String) -> Stream? {
        let file = reader.requiredPath(section, "definition")
        let url = reader.string(section, "url")
        let resumeURL = reader.string(section, "resume-url")
        let proxy = Self.proxy(reader, section)
        let authority = reader.path(section, "authority").flatMap { $0.isEmpty ? nil : $0 }
        let follows = reader.boolean(section, "follow", default: true)
        guard !file.isEmpty else { return nil }
        let plan: StreamPlan
        do throws(StreamDefinitionError) {
            plan = try StreamPlan.load(file: file)
        } catch {
            reader.reject(section, "definition", wanted: "a stream file: \(error)")
            return nil
        }
        guard plan.name == name else {
            reader.reject(section, "definition", wanted: "the file of stream '\(name)', not of '\(plan.name)'")
            return nil
        }
        check(reader, section, url: url, resumeURL: resumeURL, plan)
        let resume = plan.source.resume.map { (url: resumeURL ?? $0.url, parameter: $0.parameter) }
        return Stream(
            name: name, plan: plan, url: url ?? plan.source.url, resume: resume, proxy: proxy,
            authority: authority, follows: follows)
    }

    private static func proxy(_ reader: ConfigurationReader, _ section: String) -> String? {
        guard let text = reader.string(section, "proxy"), !text.isEmpty else { return nil }
        let schemes = ["http://", "https://", "socks5://", "socks5h://"]
        let isAddress = schemes.contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
        if !isAddress || text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            reader.reject(section, "proxy", wanted: "an address that begins with " + schemes.joined(separator: " or "))
        }
        return text
    }

    private static func check(
        _ reader: ConfigurationReader, _ section: String, url: String?, resumeURL: String?, _ plan: StreamPlan
    ) {
        let transport = plan.source.transport
        if let url, !transport.takes(url) {
            reader.reject(section, "url", wanted: transport.addressRule)
        }
        if transport == .file {
            for key in ["proxy", "authority"] where reader.string(section, key) != nil {
                reader.reject(section, key, wanted: "left out: the stream comes from a file")
            }
        } else if transport != .file, reader.string(section, "follow") != nil {
            reader.reject(section, "follow", wanted: "left out: the stream does not come from a file")
        }
        guard let resumeURL else { return }
        if plan.source.resume == nil {
            reader.reject(section, "resume-url", wanted: "left out: the stream file says that it cannot resume")
        } else if !resumeURL.hasPrefix("http://"), !resumeURL.hasPrefix("https://") {
            reader.reject(section, "resume-url", wanted: "an address that begins with http:// or https://")
        }
    }
}
