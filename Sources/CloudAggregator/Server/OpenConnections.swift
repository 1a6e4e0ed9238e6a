import HummingbirdCore
import Synchronization

/// Counts the open connections of one server, and says how many there may be.
final class OpenConnections: AvailableConnectionsDelegate {
    private let limit: Int
    private let kept: Int
    private let count = Atomic<Int>(0)

    /// - Parameters:
    ///   - limit: how many may be open; more wait until one is closed.
    ///   - kept: up to how many stay open after an answer.
    init(limit: Int, kept: Int) {
        (self.limit, self.kept) = (limit, kept)
    }

    /// Whether an answer should end its connection.
    var areTooManyToKeep: Bool { count.load(ordering: .relaxed) > kept }

    func connectionOpened() {
        count.add(1, ordering: .relaxed)
    }

    func connectionClosed() {
        count.subtract(1, ordering: .relaxed)
    }

    func isAcceptingNewConnections() -> Bool {
        count.load(ordering: .relaxed) < limit
    }
}
