/// Decides whether events may stay in memory until the cloud has them; does nothing itself.
///
/// It begins after a receipt, while hardly anything waits. It ends at the first failed upload, when a batch has no
/// receipt after `waitLimit` (a slow link, a bandwidth cap that is behind), in quiet hours, without an epoch, and when
/// `memoryBytes` are held; then it does not begin again for a while, so that a link of doubtful worth does not cost the
/// disk more than writing always would.
struct HoldPolicy: Equatable {
    /// A held batch waits at most so long for its receipt before it is written down.
    static let waitLimit: Duration = .seconds(5)
    /// What is held at most, in bytes; looked at once a turn of the loop.
    static let memoryBytes = 4 << 20
    /// Nothing begins while more batches wait for the cloud.
    static let backlogLimit: Int64 = 4
    /// Nothing begins for so long after an end.
    static let calmSpan: Duration = .seconds(30)
    /// What has been delivered is noted on the disk so often, at a moment when no batch is held: how far back the sources
    /// are asked after a kill.
    static let noteInterval: Duration = .seconds(60)
    /// The same, whatever is held.
    static let noteLimit: Duration = .seconds(120)
    /// An open batch of a slow stream stays in memory at most so long.
    static let openLimit: Duration = .seconds(60)

    /// What the decision depends on.
    struct Facts: Equatable {
        /// The last upload got its receipt, and nothing forbids the next.
        var isUplinkHealthy: Bool
        var hasEpoch: Bool
        /// Sealed batches without a receipt, on the disk or held.
        var waitingBatches: Int64
        /// When the oldest held batch was sealed.
        var oldestHeldAt: Duration?
        /// The bytes that are only in memory.
        var heldBytes: Int
    }

    private let durability: Durability
    /// Whether events stay in memory at present.
    private(set) var isHolding = false
    private var endedAt: Duration?
    private var notedAt: Duration = .zero

    init(_ durability: Durability) {
        self.durability = durability
    }

    func mayBegin(_ facts: Facts, at now: Duration) -> Bool {
        guard durability == .whenOffline, !isHolding, facts.isUplinkHealthy, facts.hasEpoch else { return false }
        if let endedAt, now - endedAt < Self.calmSpan { return false }
        return facts.waitingBatches <= Self.backlogLimit
    }

    func mustEnd(_ facts: Facts, at now: Duration) -> Bool {
        guard isHolding else { return false }
        let isLate = facts.oldestHeldAt.map { now - $0 >= Self.waitLimit } ?? false
        return !facts.isUplinkHealthy || !facts.hasEpoch || isLate || facts.heldBytes > Self.memoryBytes
    }

    /// Whether what was delivered is to be noted on the disk.
    func isNoteDue(_ facts: Facts, at now: Duration) -> Bool {
        isHolding && now - notedAt >= (facts.oldestHeldAt == nil ? Self.noteInterval : Self.noteLimit)
    }

    /// When any of this may change by itself, given that something is held or to be noted; nil for never.
    func deadline(oldestHeldAt: Duration?) -> Duration? {
        guard isHolding else { return nil }
        return earlier(oldestHeldAt.map { $0 + Self.waitLimit }, notedAt + Self.noteLimit)
    }

    mutating func begin(at now: Duration) {
        isHolding = true
        notedAt = now
    }

    mutating func end(at now: Duration) {
        isHolding = false
        endedAt = now
    }

    mutating func noted(at now: Duration) {
        notedAt = now
    }
}
