import Logging
import Synchronization

/// Says once that batches cannot be kept, and once that they can again, however many of them meet it.
final class StorageNotice: Sendable {
    /// So long no batch may have failed before it counts as over: on a disk that is nearly full, small batches still pass
    /// between larger ones that do not.
    private static let quietTime = Duration.seconds(2)

    private struct Trouble {
        var last: ContinuousClock.Instant
        let kind: Refusal
    }

    private let trouble = Mutex<Trouble?>(nil)
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// A batch could not be taken.
    func noteFailure(_ error: any Error) {
        guard let kind = Refusal(error), Self.sentences(of: kind) != nil else { return }
        let isNews = trouble.withLock { trouble in
            defer { trouble = Trouble(last: .now, kind: kind) }
            return trouble?.kind != kind
        }
        guard isNews, let sentence = Self.sentences(of: kind)?.begin else { return }
        logger.error("\(sentence)", metadata: ["error": "\(String(describing: error))"])
    }

    /// A batch was written.
    func noteMerge() {
        let over: Refusal? = trouble.withLock { trouble in
            guard let known = trouble, known.last.duration(to: .now) > Self.quietTime else { return nil }
            trouble = nil
            return known.kind
        }
        guard let over, let sentence = Self.sentences(of: over)?.end else { return }
        logger.notice("\(sentence)")
    }

    /// What is said when a kind of trouble begins, and when it is over; nil for what is none.
    private static func sentences(of kind: Refusal) -> (begin: String, end: String)? {
        switch kind {
        case .storageFull:
            ("No space is left: batches are refused until there is.", "There is space again: batches are taken.")
        case .storeUnreachable:
            (
                "The raw store is out of reach: batches are refused until it is back.",
                "The raw store is back: batches are taken."
            )
        case .warehouseUnreachable:
            (
                "The database is out of reach: batches are refused until it is back.",
                "The database is back: batches are taken."
            )
        default: nil
        }
    }
}
