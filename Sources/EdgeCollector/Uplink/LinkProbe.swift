import FleetProtocol
import Transfer

/// When a cloud that could not be connected to is looked for again: more than once a second in the first minute, so that
/// the first batch is there a second after the link; then ever more seldom, up to half a minute, with jitter. A look costs
/// a packet or two while there is no link, so that it need not wait as long as the next upload.
struct ProbePlan: Equatable {
    /// The bound of the pause between two looks, at first and at last.
    static let pause: ClosedRange<Duration> = .milliseconds(750)...(.seconds(30))
    /// The bound is this part of the time that the cloud is gone.
    static let part = 100

    private var since: Duration?
    private(set) var dueAt: Duration?

    /// Takes whether something waits for the cloud to come back.
    mutating func update(
        isDisconnected: Bool, at now: Duration, using random: inout some RandomNumberGenerator
    ) {
        if !isDisconnected {
            (since, dueAt) = (nil, nil)
        } else if since == nil {
            since = now
            next(after: now, using: &random)
        }
    }

    /// Whether it is time; the next look is then planned.
    mutating func take(at now: Duration, using random: inout some RandomNumberGenerator) -> Bool {
        guard let dueAt, now >= dueAt else { return false }
        next(after: now, using: &random)
        return true
    }

    private mutating func next(after now: Duration, using random: inout some RandomNumberGenerator) {
        let gone = now - (since ?? now)
        let bound = min(max(gone / Self.part, Self.pause.lowerBound), Self.pause.upperBound)
        dueAt = now + .milliseconds(Int64.random(in: bound.milliseconds / 2...bound.milliseconds, using: &random))
    }
}

/// Asks the cloud something small while uploads wait for it; any answer lets them go on, see `CloudLink.didAnswer`.
///
/// A look does not wait for the one before: where packets vanish, that one's next packet comes ever later.
final class LinkProbe {
    private static let timeout: Duration = .seconds(10)
    /// The looks under way at once.
    private static let limit = 12

    private let link: CloudLink
    private let path: String
    private var plan = ProbePlan()
    private var requests: Set<TransferIdentifier> = []
    private var random: SeededGenerator

    /// - Parameter stream: any stream that the cloud may know.
    init(link: CloudLink, stream: String, seed: UInt64) {
        self.link = link
        path = Endpoint.modelTimestamp(stream: stream)
        random = SeededGenerator(seed: seed)
    }

    /// When `tick` has something to do.
    var deadline: Duration? { requests.count < Self.limit ? plan.dueAt : nil }

    func tick(isDisconnected: Bool, at moment: Moment) throws {
        plan.update(isDisconnected: isDisconnected, at: moment.monotonic, using: &random)
        guard requests.count < Self.limit, plan.take(at: moment.monotonic, using: &random) else { return }
        // No version is that great: the answer is empty and comes at once.
        requests.insert(try link.begin("GET", path, query: "after=\(Int64.max)&wait=0", timeout: Self.timeout))
    }

    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent) -> Bool {
        guard case .response(let identifier, let result) = event, requests.remove(identifier) != nil else {
            return false
        }
        if case .success(let response) = result { _ = link.noteAnswer(response) }
        return true
    }
}
