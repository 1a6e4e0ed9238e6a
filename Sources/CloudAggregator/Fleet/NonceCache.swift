import Signing

/// Remembers the nonces of signed requests for as long as their signatures are good, so that none counts twice.
///
/// A signature is good from `HTTPSignature.windowSeconds` before to as long after the server's time; a nonce is kept
/// until its signature cannot be good any more.
struct NonceCache: Sendable {
    /// What became of a nonce.
    enum Answer: Hashable {
        case fresh, replayed
        /// More are remembered than there is room for; ask again later.
        case full
    }

    /// A nonce, and the `keyid` of the signature that it came with.
    struct Entry: Hashable {
        let key: String
        let nonce: String
    }

    private let capacity: Int
    private var expiries: [Entry: Int64] = [:]
    private var nextSweep = Int64.min

    /// A cache of at most that many nonces.
    init(capacity: Int = 262_144) {
        self.capacity = capacity
    }

    /// Takes note of a signature that was found right and made at `created`. Times in seconds since 1970.
    mutating func admit(_ entry: Entry, created: Int64, now: Int64) -> Answer {
        if now >= nextSweep || expiries.count >= capacity {
            expiries = expiries.filter { $0.value >= now }
            nextSweep = now + HTTPSignature.windowSeconds / 10
        }
        if expiries[entry] != nil { return .replayed }
        guard expiries.count < capacity else { return .full }
        expiries[entry] = created + HTTPSignature.windowSeconds
        return .fresh
    }
}
