import Logging

/// Gathers contributions and merges each group in one transaction; whoever submits waits for the commit. While one group is
/// merged, the contributions of the next are joined as they come.
///
/// A group that fails is tried again one by one, so that a contribution that cannot be merged harms only itself.
actor MergeQueue<Group: MergeableGroup, Outcome: Sendable> {
    private struct Waiting {
        let contribution: Group.Member
        let continuation: CheckedContinuation<Outcome, any Error>
    }

    /// Those who wait for one merge, and what they have submitted.
    private struct WaitingGroup: GatheringGroup {
        let joiner: GroupJoiner<Group>
        private(set) var waiting: [Waiting] = []

        init(on thread: ThreadExecutor) {
            joiner = GroupJoiner(on: thread)
        }

        mutating func append(_ element: Waiting) {
            waiting.append(element)
            joiner.add(element.contribution)
        }
    }

    private let delay: Duration
    private let merge: @Sendable (Group) async throws -> [Outcome]
    private let logger: Logger
    private var collector: GroupCollector<WaitingGroup>

    /// - Parameters:
    ///   - delay: how long a group's first contribution waits for others.
    ///   - limits: what a group may hold.
    ///   - capacity: the contributions that may wait; more are refused as `overloaded`.
    ///   - merge: merges a group and answers for each contribution in order, all or nothing.
    init(
        delay: Duration, limits: GroupLimits, capacity: Int, logger: Logger,
        merge: @escaping @Sendable (Group) async throws -> [Outcome]
    ) {
        self.delay = delay
        self.merge = merge
        self.logger = logger
        let thread = ThreadExecutor()
        collector = GroupCollector(limits: limits, capacity: max(capacity, limits.count)) { WaitingGroup(on: thread) }
    }

    /// Waits until the contribution, of so many bytes, is durable in the warehouse.
    func submit(_ contribution: Group.Member, bytes: Int) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let waiting = Waiting(contribution: contribution, continuation: continuation)
            let action = collector.add(waiting, bytes: bytes)
            if case .refuse = action {
                continuation.resume(throwing: Refusal.overloaded(retryAfterSeconds: 1))
            } else {
                perform(action)
            }
        }
    }

    private func perform(_ action: GroupCollector<WaitingGroup>.Action) {
        switch action {
        case .wait, .refuse: break
        case .startDelay(let number):
            Task {
                // An interrupted delay is only a shorter one.
                _ = try? await Task.sleep(for: delay)
                perform(collector.delayIsOver(number))
            }
        case .merge(let group):
            Task {
                await commit(group.joiner.joined(), for: group.waiting)
                perform(collector.mergeIsOver())
            }
        }
    }

    private func commit(_ group: Group, for waiting: [Waiting]) async {
        do {
            let outcomes = try await merge(group)
            precondition(outcomes.count == waiting.count, "a merge answers for each contribution")
            for (waiting, outcome) in zip(waiting, outcomes) { waiting.continuation.resume(returning: outcome) }
        } catch {
            guard waiting.count > 1 else {
                waiting[0].continuation.resume(throwing: error)
                return
            }
            logger.warning(
                "A group of batches could not be merged together; each is tried alone.",
                metadata: ["batches": "\(waiting.count)", "error": "\(String(describing: error))"])
            for one in waiting {
                var alone = Group()
                alone.add(one.contribution)
                await commit(alone, for: [one])
            }
        }
    }
}
