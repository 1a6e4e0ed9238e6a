import Synchronization

/// Joins the members of a group that waits for its merge: on a thread of its own, while the group before is merged.
final class GroupJoiner<Group: MergeableGroup>: Sendable {
    private let thread: ThreadExecutor
    private let group = Mutex(Group())
    /// The members that wait to be joined.
    private let waiting = Atomic(0)

    /// - Parameter thread: does one thing after the other, for all groups in the order in which they are merged.
    init(on thread: ThreadExecutor) {
        self.thread = thread
    }

    /// Has a member joined as soon as the thread comes to it.
    func add(_ member: Group.Member) {
        waiting.add(1, ordering: .relaxed)
        thread.submit { [self] in
            let isLast = waiting.subtract(1, ordering: .relaxed).newValue == 0
            group.withLock { group in
                group.add(member)
                if isLast { group.sort() }
            }
        }
    }

    /// Hands over the group of all members added so far, and has none afterwards.
    func joined() async -> Group {
        await withCheckedContinuation { continuation in
            thread.submit { [self] in
                let joined = group.withLock { group in
                    defer { group = Group() }
                    return group
                }
                continuation.resume(returning: joined)
            }
        }
    }
}
