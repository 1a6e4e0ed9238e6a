import Synchronization

/// Bounds the memory that batches take between their first frame and their merge.
///
/// A batch asks for its room before its frames are read, while its manifest tells how much it will need, and gives the
/// room back when it is merged or refused. So memory never grows first, whatever the number of devices.
final class MemoryBudget: Sendable {
    /// What happens to a batch for which there is no room.
    enum Policy: Sendable {
        /// It is refused as `overloaded`: its device keeps it and comes again.
        case refuse
        /// It waits until others are done, in the order of coming: it lies on this machine already.
        case wait
    }

    /// The room that one batch has.
    final class Room: Sendable {
        private let budget: MemoryBudget
        private let bytes: Mutex<Int>

        fileprivate init(_ bytes: Int, of budget: MemoryBudget) {
            self.budget = budget
            self.bytes = Mutex(bytes)
        }

        /// Gives back all but so many bytes.
        func shrink(to wanted: Int) {
            let spare = bytes.withLock { bytes in
                let spare = max(0, bytes - wanted)
                bytes -= spare
                return spare
            }
            budget.release(spare)
        }
    }

    private struct Waiting {
        let bytes: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var taken = 0
        var waiting: [Waiting] = []
    }

    private let limit: Int
    private let policy: Policy
    private let state = Mutex(State())

    /// - Parameter limit: the bytes of all batches together. A batch that needs more has its turn when there is no other.
    init(limit: Int, policy: Policy) {
        (self.limit, self.policy) = (limit, policy)
    }

    /// Runs `body` with room for so many bytes.
    func withRoom<Result>(for bytes: Int, _ body: (Room) async throws -> Result) async throws -> Result {
        let room = try await room(for: bytes)
        defer { room.shrink(to: 0) }
        return try await body(room)
    }

    private func room(for bytes: Int) async throws(Refusal) -> Room {
        let isTaken = state.withLock { $0.waiting.isEmpty && take(bytes, &$0) }
        if !isTaken {
            guard policy == .wait else { throw .overloaded(retryAfterSeconds: 1) }
            await withCheckedContinuation { continuation in
                let isTaken = state.withLock { state in
                    if state.waiting.isEmpty, take(bytes, &state) { return true }
                    state.waiting.append(Waiting(bytes: bytes, continuation: continuation))
                    return false
                }
                if isTaken { continuation.resume() }
            }
        }
        return Room(bytes, of: self)
    }

    private func take(_ bytes: Int, _ state: inout State) -> Bool {
        guard state.taken == 0 || state.taken + bytes <= limit else { return false }
        state.taken += bytes
        return true
    }

    private func release(_ bytes: Int) {
        let next = state.withLock { state in
            state.taken -= bytes
            var next: [Waiting] = []
            while let first = state.waiting.first, take(first.bytes, &state) {
                next.append(state.waiting.removeFirst())
            }
            return next
        }
        for waiting in next { waiting.continuation.resume() }
    }
}
