import Cryptography
import JSON

/// What the clock of a device was worth when it sealed a batch.
public enum ClockState: String, Hashable, Sendable {
    /// It agreed with a time server, or with the cloud.
    case synchronized
    /// It was behind the latest time known for certain, which was taken instead.
    case floor
    /// Nothing vouched for it.
    case unsynchronized
}

/// What a batch holds and where it belongs; the payload of its signed envelope.
///
/// The JSON form, members in this order: `version` (1), `fleet`, `device`, `epoch`, `sequence`, `stream`, `events`,
/// `raw_bytes`, `frames_bytes`, `frames_sha256`, `previous` (SHA-256 of the JSON of the device's previous manifest in the
/// epoch, zeros for the first), `first_event_ms`, `last_event_ms`, `sealed_at_ms`, `clock`, `boot`, `gaps`, `scoring`.
public struct Manifest: Hashable, Sendable {
    /// The payload type of the envelope.
    public static let mediaType = "application/vnd.waystation.batch+json"
    /// The version of the format written here, and the only one read.
    public static let formatVersion: Int64 = 1
    /// The `previous` of an epoch's first batch.
    public static let noPrevious = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// Which batch this is.
    public var identity: BatchIdentity
    /// The fleet the device belongs to.
    public var fleet: String
    /// The stream all the events come from.
    public var stream: String
    /// How many events, one a line.
    public var events: Int64
    /// The bytes of the events, line feeds included.
    public var rawBytes: Int64
    /// The bytes of the zstd frames.
    public var framesBytes: Int64
    /// The SHA-256 of the zstd frames.
    public var framesSHA256: [UInt8]
    /// The SHA-256 of the previous manifest.
    public var previous: [UInt8]
    /// The least and the greatest event time, in milliseconds since 1970; nil where no event had one.
    public var firstEventMilliseconds, lastEventMilliseconds: Int64?
    /// When the batch was sealed, in milliseconds since 1970.
    public var sealedAtMilliseconds: Int64
    /// What that time is worth.
    public var clock: ClockState
    /// The machine's boot identifier, so that two runs can be told apart.
    public var boot: String
    /// What was dropped since the batch before, and why.
    public var gaps: [Gap]
    /// How the active model did on these events; nil without a model.
    public var scoring: ScoringReport?

    /// A manifest.
    public init(
        identity: BatchIdentity, fleet: String, stream: String, events: Int64, rawBytes: Int64, framesBytes: Int64,
        framesSHA256: [UInt8], previous: [UInt8], firstEventMilliseconds: Int64?, lastEventMilliseconds: Int64?,
        sealedAtMilliseconds: Int64, clock: ClockState, boot: String, gaps: [Gap] = [], scoring: ScoringReport? = nil
    ) {
        self.identity = identity
        self.fleet = fleet
        self.stream = stream
        self.events = events
        self.rawBytes = rawBytes
        self.framesBytes = framesBytes
        self.framesSHA256 = framesSHA256
        self.previous = previous
        self.firstEventMilliseconds = firstEventMilliseconds
        self.lastEventMilliseconds = lastEventMilliseconds
        self.sealedAtMilliseconds = sealedAtMilliseconds
        self.clock = clock
        self.boot = boot
        self.gaps = gaps
        self.scoring = scoring
    }
}
