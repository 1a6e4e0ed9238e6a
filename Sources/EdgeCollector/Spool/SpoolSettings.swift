import BatchFormat

/// How the spool keeps events, and how many.
public struct SpoolSettings: Hashable, Sendable {
    /// The bytes the database may take on the disk.
    public var quotaBytes = 512 << 20
    /// What happens to a stream at the quota; nil: its source stops where it can tell later what was missed, else the
    /// oldest batches make room.
    public var overflow: OverflowPolicy?
    /// So many bytes of events are written down without waiting for more, but for `gatherInterval`.
    public var flushBytes = 64 << 10
    /// An event is written down after so long, at the latest.
    public var flushInterval: Duration = .seconds(1)
    /// A batch is closed once its frames have so many bytes.
    public var sealBytes = 640 << 10
    /// A batch is closed after so long, at the latest.
    public var sealInterval: Duration = .seconds(10)
    /// Whether events are written down before they travel.
    public var durability = Durability.always
    /// The level of zstd; 1 and 2 look back as far as 3 does.
    public var compressionLevel = 1

    /// The bytes of dead letters that are kept under this quota: a quarter, at most, of what it leaves beside the log and
    /// the open batch. Else they alone could fill it, and since only other dead letters make them go, for good.
    var keptDeadLetterBytes: Int {
        let room = quotaBytes - Self.logPages * Self.pageBytes - sealBytes
        return max(0, min(Self.deadLetterBytes, room / 4))
    }

    /// Events of a fast stream are gathered for so long, or up to `gatherBytes`, before they are written down: each
    /// writing waits for the disk, and one that takes more waits hardly longer.
    var gatherInterval: Duration = .milliseconds(20)
    /// So many bytes of events are written down at once.
    var gatherBytes: Int { max(flushBytes, Self.gatherBytes) }
    private static let gatherBytes = 2 << 20

    /// A batch is closed before its events reach so many bytes: up to here a receiver takes any compression ratio.
    public static let sealRawBytes = BatchLimits.ratioFloorBytes
    /// The dead letters that are kept; older ones make room.
    public static let deadLetterCount = 1000
    /// The bytes of dead letters that are kept, at most; older ones make room.
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
