import FleetProtocol

/// Decides what to ask the cloud next on the way to a newer model; does nothing itself.
///
/// A long poll of the timestamp; when that names a newer version, its manifest, then its file, then the poll again.
/// Whatever fails waits with backoff and begins anew with the poll, so that nothing is trusted longer than a round.
struct ModelFollower: Equatable {
    /// What the follower waits for.
    enum Step: Equatable {
        case waiting(until: Duration)
        case timestamp
        case manifest(ModelTimestamp)
        case artifact(ModelManifest)
    }

    /// Polls are at least so far apart, whatever the cloud answers.
    static let pollInterval: Duration = .seconds(1)

    private(set) var step: Step
    private var backoff: Backoff
    private var polledAt: Duration = .zero
    private var isUnreachable = false

    init(backoff: Backoff, at now: Duration) {
        self.backoff = backoff
        step = .waiting(until: now)
    }

    /// When the poll is due; nil while an answer is awaited.
    var deadline: Duration? {
        if case .waiting(let until) = step { until } else { nil }
    }

    /// True where the poll is to be begun now.
    mutating func tick(at now: Duration) -> Bool {
        guard let deadline, now >= deadline else { return false }
        step = .timestamp
        polledAt = now
        return true
    }

    /// The poll ended without news.
    mutating func noNews(at now: Duration) {
        backoff.reset()
        isUnreachable = false
        step = .waiting(until: max(now, polledAt + Self.pollInterval))
    }

    /// The timestamp names a newer version.
    mutating func received(_ timestamp: ModelTimestamp) {
        step = .manifest(timestamp)
    }

    /// The manifest is right.
    mutating func received(_ manifest: ModelManifest) {
        step = .artifact(manifest)
    }

    /// The version of the file is decided upon: in use, or rejected for good.
    mutating func decided(at now: Duration) {
        noNews(at: now)
    }

    /// Something failed: for want of an answer, or by one.
    mutating func failed(
        unreachable: Bool, at now: Duration, using random: inout some RandomNumberGenerator
    ) {
        isUnreachable = unreachable
        step = .waiting(until: now + backoff.next(using: &random))
    }

    /// The link may be there again.
    mutating func linkReturned(at now: Duration) {
        if isUnreachable, case .waiting = step { step = .waiting(until: now) }
    }
}
