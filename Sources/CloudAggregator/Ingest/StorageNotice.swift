import Logging
import Synchronization

/// Says once that there is no space, and once that there is again, however many batches meet it.
final class SpaceNotice: Sendable {
    /// So long no batch may have met a full disk before it counts as over: on a disk that is nearly full, small batches
    /// still pass between larger ones that do not.
    private static let quietTime = Duration.seconds(2)

    private let lastFailure = Mutex<ContinuousClock.Instant?>(nil)
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// A batch could not be taken.
    func noteFailure(_ error: any Error) {
        guard Refusal(error) == .storageFull else { return }
        let isNews = lastFailure.withLock { last in
            defer { last = .now }
            return last == nil
        }
        guard isNews else { return }
        logger.error(
            "No space is left: batches are refused until there is.",
            metadata: ["error": "\(String(describing: error))"])
    }

    /// A batch was written.
    func noteMerge() {
        let isOver = lastFailure.withLock { last in
            guard let time = last, time.duration(to: .now) > Self.quietTime else { return false }
            last = nil
            return true
        }
        if isOver { logger.notice("There is space again: batches are taken.") }
    }
}
