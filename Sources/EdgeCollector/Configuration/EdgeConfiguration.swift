import ConfigurationFile
import StreamDefinition

/// All that an operator can set on an edge; see `edge/edge.conf` for what each key means.
public struct EdgeConfiguration: Sendable {
    /// Where the installed configuration is.
    public static let usualPath = "/etc/waystation/edge.conf"
    /// Where the state is kept where the configuration does not say.
    public static let usualState = "/var/lib/waystation-edge"
    /// The streams one edge collects, at most.
    public static let maximumStreams = 16

    /// A stream that is collected.
    public struct Stream: Sendable {
        /// The stream's name.
        public var name: String
        /// What the stream file declares.
        public var plan: StreamPlan
        /// Where the stream comes from on this device.
        public var url: String
        /// Where what was missed is asked for, and by which parameter; nil where that is not possible.
        public var resume: (url: String, parameter: String)?
        /// The proxy through which the source is reached; nil for none.
        public var proxy: String?
        /// The file with the authorities a TLS source must be vouched for by; nil for those the machine trusts.
        public var authority: String?
        /// Whether a file is read on as it grows and is rotated.
        public var follows = true

        /// Whether the source can tell later what was missed, or waits until it is read.
        var canWait: Bool { resume != nil || plan.source.transport == .sse || plan.source.transport == .file }
    }

    /// The folder of the key, the enrolment, the spool and the models.
    public var state: StateDirectory
    /// The label people know the device by.
    public var name: String
    /// Where the cloud is; nil where the enrolment says it.
    public var cloud: CloudAddress?
    /// The proxy through which the cloud is reached; nil for none.
    public var proxy: String?
    /// The streams that are collected.
    public var streams: [Stream]
    /// The connections to one host that all streams may have together.
    public var connectionsPerHost = 10
    /// How events are kept.
    public var spool: SpoolSettings
    /// How batches are uploaded.
    public var uplink: UplinkSettings
    /// How long the cloud may hold a question for a new model.
    public var modelWait: Duration
    /// How much an entry has to matter to be logged.
    public var logLevel: EdgeLog.Level
    /// What is offered to programs on the same machine.
    public var local = LocalSettings()

    /// What happens to that stream while the spool is at its quota.
    func overflow(of stream: Stream) -> OverflowPolicy {
        spool.overflow ?? (stream.canWait ? .stopReading : .dropOldest)
    }
}

/// How batches are uploaded.
public struct UplinkSettings: Hashable, Sendable {
    /// How many batches are under way at once.
    public var parallel = 2
    /// How long one exchange with the cloud may take.
    public var timeout: Duration = .seconds(60)
    /// The bound of the first wait after a failure.
    public var retryFirst: Duration = .seconds(1)
    /// The bound of all later ones.
    public var retryLimit: Duration = .seconds(900)
    /// Which batch is next.
    public var order = UploadOrder.liveFirst
    /// The bytes that all uploads together may send in a second; nil for as fast as it goes.
    public var bandwidth: Int?
    /// When nothing is uploaded.
    public var quiet = QuietHours.none

    /// The settings every installation begins with, unless told otherwise.
    public init() {}
}
