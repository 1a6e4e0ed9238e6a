import BatchFormat
import ConfigurationFile
import Logging

/// What `cloud.conf` says. `cloud/cloud.conf` explains each key.
public struct CloudConfiguration: Sendable {
    /// The folder of the databases, the raw batches and the models.
    public var state: String
    /// The fleet's name, which stands in every manifest.
    public var fleet: String
    /// The folder of the stream files.
    public var streams: String
    /// How devices reach the cloud.
    public var devices: Devices
    /// How people reach the dashboard.
    public var dashboard: Dashboard
    /// The files of the signing keys.
    public var keys: Keys
    /// Where raw batches, records and backups are kept.
    public var raw: StoreConfiguration
    /// The database server of the tables; nil where they are in an SQLite file.
    public var warehouseServer: WarehouseServer?
    /// How batches are gathered into one commit.
    public var merge: Merge
    /// What a batch may be.
    public var limits: BatchLimits
    /// Where the tables are written as Parquet.
    public var lake: LakePlace
    /// The memory, in bytes, that all batches may take between their first frame and their merge.
    public var batchMemory: Int
    /// How many connections from devices may be open at once.
    public var connections: Int
    /// Up to how many connections from devices stay open after an answer.
    public var keptConnections: Int
    /// How long a connection may be silent in the middle of a request or between two.
    public var idleLimit: Duration
    /// What is logged.
    public var logLevel: Logger.Level

    /// Section `[devices]`.
    public struct Devices: Hashable, Sendable {
        /// Where the server listens.
        public var listen: ListenAddress
        /// PEM files: the server's certificate chain, its private key, the authority that devices trust.
        public var certificate, key, authority: String
        /// The address that devices are told.
        public var url: String
    }

    /// Section `[dashboard]`.
    public struct Dashboard: Hashable, Sendable {
        /// Where the server listens; loopback only.
        public var listen: ListenAddress
        /// The folder of `index.html`, `dashboard.js` and `dashboard.css`.
        public var assets: String
        /// The file of Plotly.
        public var plotly: String
    }

    /// Section `[keys]`: PEM files of Ed25519 keys.
    public struct Keys: Hashable, Sendable {
        /// Signs receipts.
        public var receipt: String
        /// Signs models and their manifests.
        public var release: String
        /// Signs which version is current.
        public var timestamp: String
    }

    /// Section `[merge]`.
    public struct Merge: Hashable, Sendable {
        /// How long the first batch of a group waits for others.
        public var groupDelay: Duration
        /// How many batches a group has at most.
        public var groupBatches: Int
    }

    /// Reads the file at `path`; throws all that is wrong with it at once.
    public init(contentsOf path: String) throws(ConfigurationErrors) {
        try self.init(ConfigurationFile(contentsOf: path))
    }

    /// Reads a configuration; throws all that is wrong with it at once.
    public init(_ file: ConfigurationFile) throws(ConfigurationErrors) {
        let reader = ConfigurationReader(file)
        state = reader.requiredPath("cloud", "state")
        fleet = reader.requiredString("cloud", "fleet")
        streams = reader.requiredPath("cloud", "streams")
        devices = Devices(
            listen: Self.listen(reader, "devices", default: ListenAddress(host: "0.0.0.0", port: 8443)),
            certificate: reader.requiredPath("devices", "certificate"),
            key: reader.requiredPath("devices", "key"),
            authority: reader.requiredPath("devices", "authority"),
            url: reader.requiredString("devices", "url"))
        dashboard = Dashboard(
            listen: Self.listen(reader, "dashboard", default: ListenAddress(host: "127.0.0.1", port: 8080)),
            assets: reader.requiredPath("dashboard", "assets"),
            plotly: reader.requiredPath("dashboard", "plotly"))
        keys = Keys(
            receipt: reader.requiredPath("keys", "receipt"), release: reader.requiredPath("keys", "release"),
            timestamp: reader.requiredPath("keys", "timestamp"))
        raw = StoreConfiguration(reader, section: "raw")
        warehouseServer = WarehouseServer(reader)
        merge = Merge(
            groupDelay: reader.duration("merge", "group-delay", default: .milliseconds(20), in: .zero ... .seconds(1)),
            groupBatches: reader.integer("merge", "group-batches", default: 64, in: 1...256))
        limits = Self.limits(reader)
        lake = LakePlace(reader)
        batchMemory = Int(
            reader.byteCount("limits", "memory", default: .mebibytes(64), in: .mebibytes(1)...(.mebibytes(65_536)))
                .bytes)
        connections = reader.integer("limits", "connections", default: 1024, in: 1...65_536)
        keptConnections = reader.integer("limits", "kept-connections", default: 768, in: 0...65_536)
        idleLimit = reader.duration("limits", "idle", default: .seconds(75), in: .seconds(1) ... .seconds(3600))
        let levels = Logger.Level.allCases.map(\.rawValue)
        logLevel = Logger.Level(rawValue: reader.enumeration("log", "level", of: levels, default: "info")) ?? .info
        if !devices.url.isEmpty, !devices.url.hasPrefix("https://") || devices.url.hasSuffix("/") {
            reader.reject("devices", "url", wanted: "https://HOST:PORT")
        }
        if !dashboard.listen.isLoopback {
            reader.reject(
                "dashboard", "listen",
                wanted: "a loopback address such as 127.0.0.1:8080, since the page asks nobody who they are")
        }
        try reader.finish()
    }

    private static func listen(
        _ reader: ConfigurationReader, _ section: String, default: ListenAddress
    ) -> ListenAddress {
        guard let text = reader.string(section, "listen") else { return `default` }
        guard let address = ListenAddress(text) else {
            reader.reject(section, "listen", wanted: "HOST:PORT")
            return `default`
        }
        return address
    }

    private static func limits(_ reader: ConfigurationReader) -> BatchLimits {
        BatchLimits(
            wireBytes: reader.byteCount(
                "limits", "wire", default: .mebibytes(4), in: .kibibytes(64)...(.mebibytes(64))
            ).bytes,
            rawBytes: reader.byteCount(
                "limits", "raw", default: .mebibytes(32), in: .mebibytes(4)...(.mebibytes(256))
            ).bytes,
            ratio: reader.integer("limits", "ratio", default: 100, in: 10...1000),
            lineBytes: reader.byteCount(
                "limits", "line", default: .kibibytes(64), in: .kibibytes(1)...(.mebibytes(1))
            ).bytes)
    }
}
