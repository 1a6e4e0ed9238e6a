import BatchFormat

/// How the spool keeps events, and how many.
public struct SpoolSettings: Hashable, Sendable {
    /// The bytes the database may take on the disk.
    public var quotaBytes = 512 << 20
    /// What happens to a stream at the quota; nil: its source stops where it can tell later what was missed, else the
    /// oldest batches make room.
    public var overflow: OverflowPolicy?
    /// So many bytes of events are written down at the end of the turn of the loop that has read them, at the latest.
    public var flushBytes = 64 << 10
    /// An event is written down after so long, at the latest.
    public var flushInterval: Duration = .seconds(1)
    /// A batch is closed once its frames have so many bytes.
    public var sealBytes = 256 << 10
    /// A batch is closed after so long, at the latest.
    public var sealInterval: Duration = .seconds(10)
    /// The level of zstd.
    public var compressionLevel = 3

    /// What one turn of the loop reads is written down at once, up to so many bytes.
    var turnBytes: Int { max(flushBytes, Self.turnBytes) }
    static let turnBytes = 512 << 10

    /// A batch is closed before its events reach so many bytes: up to here a receiver takes any compression ratio.
    public static let sealRawBytes = BatchLimits.ratioFloorBytes
    /// The dead letters that are kept; older ones make room.
    public static let deadLetterCount = 1000
    /// The bytes of dead letters that are kept; older ones make room.
    public static let deadLetterBytes = 4 << 20
    /// The segments of one batch, at most: what the low bits of a segment's number can count.
    public static let segmentsPerBatch = 1 << Spool.segmentBits
    /// The bytes of a page of a new database: small, since a flush rewrites a few pages for its few kilobytes.
    public static let pageBytes = 2048
    /// The pages the write-ahead log may grow to before it is moved into the database: 2 MiB.
    public static let logPages = 1024
    /// The free pages that stay in the database for later use; more are given back to the disk.
    public static let sparePages = 1024
    /// How many pages are given back at once, and how long before the next are: collection never waits for it long, and
    /// what is collected meanwhile may take them.
    public static let pagesGivenBack = 64
    static let givingBackInterval: Duration = .milliseconds(200)

    /// The settings every installation begins with, unless told otherwise.
    public init() {}
}
