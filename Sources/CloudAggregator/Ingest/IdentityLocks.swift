import BatchFormat
import Synchronization

/// Sees to it that of each batch identity only one upload is worked on at a time, and bounds their memory.
final class IdentityLocks: Sendable {
    private struct State {
        var identities: Set<BatchIdentity> = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let byteLimit: Int

    /// - Parameter byteLimit: the bytes of uploads that may be in memory at once.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// Runs `body` while no other upload of that identity is worked on; refuses as `busy` where one is, or where there
    /// is no room for as many bytes.
    func withLock<Result>(
        on identity: BatchIdentity, bytes: Int, _ body: () async throws -> Result
    ) async throws -> Result {
        let isTaken = state.withLock { state in
            guard state.bytes + bytes <= byteLimit, state.identities.insert(identity).inserted else { return false }
            state.bytes += bytes
            return true
        }
        guard isTaken else { throw Refusal.busy(retryAfterSeconds: 1) }
        defer {
            state.withLock { state in
                state.identities.remove(identity)
                state.bytes -= bytes
            }
        }
        return try await body()
    }
}
