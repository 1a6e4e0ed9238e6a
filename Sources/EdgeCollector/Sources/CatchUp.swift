/// Fetching of what was missed while a stream was not connected, beside the stream that is connected again.
///
/// The fetch repeats the stream from a resume point on and then follows it, so it has to be told where it may stop: once
/// `overlap` of its messages in a row have come by the stream too, before or after. One alone proves nothing, since
/// streams repeat themselves; so many in a row are met only where the gap has ended.
struct CatchUp: Equatable {
    /// So many messages in a row must have come both ways.
    static let overlap = 8
    /// A fetch without a message for so long has nothing more to tell, if its last one has come by the stream too. Else it
    /// may be stuck on the way; where the stream goes on meanwhile, it is given up and asked again.
    static let quietLimit: Duration = .seconds(10)
    /// A fetch without an answer for so long has failed.
    static let answerLimit: Duration = .seconds(60)
    /// The fingerprints that are kept of the stream's first messages.
    static let fingerprintLimit = 4096
    /// How many messages a fetch may be ahead of the stream once it follows it.
    static let leadLimit = 256

    enum Fetch: Equatable {
        case waiting(until: Duration)
        case asked(at: Duration)
        case answering(heardAt: Duration)
    }

    /// From where it goes on after an interruption, and where the stored resume point is held meanwhile: the resume point
    /// it began with, or the greatest time that it has fetched. So a fetch that is cut off again and again, or that is
    /// larger than the spool has room for, comes to its end all the same.
    private(set) var since: Int64
    var fetch: Fetch
    var backoff: Backoff
    private var delivered: Set<UInt64> = []
    private var lead: [Fetched] = []

    /// One of the fetch's last messages, in order.
    private struct Fetched: Equatable {
        let fingerprint: UInt64
        var isDelivered: Bool
    }

    init(since: Int64, at now: Duration, backoff: Backoff) {
        self.since = since
        self.backoff = backoff
        fetch = .asked(at: now)
    }

    /// The stream has delivered a message; true where the fetch has met the stream.
    mutating func noteDelivered(_ fingerprint: UInt64) -> Bool {
        if delivered.count < Self.fingerprintLimit { delivered.insert(fingerprint) }
        guard let place = lead.firstIndex(where: { $0.fingerprint == fingerprint && !$0.isDelivered }) else {
            return false
        }
        lead[place].isDelivered = true
        return hasMet
    }

    /// The fetch has delivered a message; true where it has met the stream.
    mutating func noteFetched(_ fingerprint: UInt64, at now: Duration) -> Bool {
        fetch = .answering(heardAt: now)
        if lead.count == Self.leadLimit { lead.removeFirst() }
        lead.append(Fetched(fingerprint: fingerprint, isDelivered: delivered.contains(fingerprint)))
        return hasMet
    }

    /// Whether the last message of the fetch has come by the stream too.
    var hasComeToTheStream: Bool { lead.last?.isDelivered ?? false }

    /// The fetch has delivered a message of that time; true where it goes on from there after an interruption.
    mutating func reach(_ time: Int64) -> Bool {
        guard time > since else { return false }
        since = time
        return true
    }

    private var hasMet: Bool {
        var inARow = 0
        for message in lead {
            inARow = message.isDelivered ? inARow + 1 : 0
            if inARow == Self.overlap { return true }
        }
        return false
    }

    /// Begins to ask again.
    mutating func askAgain(at now: Duration) {
        fetch = .asked(at: now)
        lead = []
    }
}
