import Logging

/// Gathers contributions and merges each group in one transaction; whoever submits waits for the commit.
///
/// A group that fails is tried again one by one, so that a contribution that cannot be merged harms only itself.
actor MergeQueue<Contribution: Sendable, Outcome: Sendable> {
    private struct Waiting {
        let contribution: Contribution
        let continuation: CheckedContinuation<Outcome, any Error>
    }

    private let delay: Duration
    private let merge: @Sendable ([Contribution]) async throws -> [Outcome]
    private let logger: Logger
    private var collector: GroupCollector<Waiting>

    /// - Parameters:
    ///   - delay: how long a group's first contribution waits for others.
    ///   - limits: what a group may hold.
    ///   - capacity: the contributions that may wait; more are refused as `overloaded`.
    ///   - merge: merges a group and answers for each in order, all or nothing.
    init(
        delay: Duration, limits: GroupLimits, capacity: Int, logger: Logger,
        merge: @escaping @Sendable ([Contribution]) async throws -> [Outcome]
    ) {
        self.delay = delay
        self.merge = merge
        self.logger = logger
        collector = GroupCollector(limits: limits, capacity: max(capacity, limits.count))
    }

    /// Waits until the contribution, of so many bytes, is durable in the warehouse.
    func submit(_ contribution: Contribution, bytes: Int) async throws -> Outcome {
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

    private func perform(_ action: GroupCollector<Waiting>.Action) {
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
                await commit(group)
                perform(collector.mergeIsOver())
            }
        }
    }

    private func commit(_ group: [Waiting]) async {
        do {
            let outcomes = try await merge(group.map(\.contribution))
            precondition(outcomes.count == group.count, "a merge answers for each contribution")
            for (waiting, outcome) in zip(group, outcomes) { waiting.continuation.resume(returning: outcome) }
        } catch {
            guard group.count > 1 else {
                group[0].continuation.resume(throwing: error)
                return
            }
            logger.warning(
                "A group of batches could not be merged together; each is tried alone.",
                metadata: ["batches": "\(group.count)", "error": "\(String(describing: error))"])
            for waiting in group { await commit([waiting]) }
        }
    }
}
