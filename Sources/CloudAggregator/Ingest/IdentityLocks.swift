import BatchFormat
import Synchronization

/// Sees to it that of each batch identity only one upload is worked on at a time.
final class IdentityLocks: Sendable {
    private let identities = Mutex<Set<BatchIdentity>>([])

    /// Runs `body` while no other upload of that identity is worked on; refuses as `busy` where one is.
    func withLock<Result>(on identity: BatchIdentity, _ body: () async throws -> Result) async throws -> Result {
        guard identities.withLock({ $0.insert(identity).inserted }) else { throw Refusal.busy(retryAfterSeconds: 1) }
        defer { identities.withLock { _ = $0.remove(identity) } }
        return try await body()
    }
}
