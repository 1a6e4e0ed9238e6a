import Testing

@testable import CloudAggregator

@Suite struct MemoryBudgetTests {
    @Test func whatHasNoRoomIsToldToComeAgain() async throws {
        let budget = MemoryBudget(limit: 100, policy: .refuse)
        try await budget.withRoom(for: 60) { room in
            await #expect(throws: Refusal.overloaded(retryAfterSeconds: 1)) {
                try await budget.withRoom(for: 41) { _ in }
            }
            try await budget.withRoom(for: 40) { _ in }
            room.shrink(to: 50)
            room.shrink(to: 55)
            try await budget.withRoom(for: 50) { _ in }
        }
        try await budget.withRoom(for: 100) { _ in }
    }

    @Test func aFailureGivesItsRoomBack() async throws {
        let budget = MemoryBudget(limit: 100, policy: .refuse)
        await #expect(throws: CancellationError.self) {
            try await budget.withRoom(for: 100) { _ in throw CancellationError() }
        }
        try await budget.withRoom(for: 100) { _ in }
    }

    @Test func whatNeedsMoreThanThereIsHasItsTurnAlone() async throws {
        let budget = MemoryBudget(limit: 100, policy: .refuse)
        try await budget.withRoom(for: 101) { _ in
            _ = await #expect(throws: Refusal.overloaded(retryAfterSeconds: 1)) {
                try await budget.withRoom(for: 1) { _ in }
            }
        }
    }

    /// However many wait, all have their turn, and never is more taken than there is.
    @Test func whatMayWaitDoesSo() async throws {
        let budget = MemoryBudget(limit: 10, policy: .wait)
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<100 {
                tasks.addTask {
                    let bytes = number % 10 + 1
                    try await budget.withRoom(for: bytes) { room in
                        await gauge.enter(bytes)
                        await Task.yield()
                        await gauge.leave(bytes)
                        room.shrink(to: bytes / 2)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect(await gauge.entered == 100)
        #expect(await gauge.most <= 10)
    }

    private actor Gauge {
        private var taken = 0
        private(set) var most = 0
        private(set) var entered = 0

        func enter(_ bytes: Int) {
            taken += bytes
            entered += 1
            most = max(most, taken)
        }

        func leave(_ bytes: Int) {
            taken -= bytes
        }
    }
}
