import BatchFormat
import Testing

@testable import CloudAggregator

@Suite struct IdentityLocksTests {
    private let locks = IdentityLocks()

    private func identity(_ sequence: Int64) -> BatchIdentity {
        BatchIdentity(device: "a", epoch: 1, sequence: sequence)
    }

    @Test func aSecondUploadOfOneIdentityIsToldToComeAgain() async throws {
        try await locks.withLock(on: identity(1)) {
            await #expect(throws: Refusal.busy(retryAfterSeconds: 1)) {
                try await locks.withLock(on: identity(1)) {}
            }
            try await locks.withLock(on: identity(2)) {}
        }
        try await locks.withLock(on: identity(1)) {}
    }

    @Test func aFailureLetsTheNextOneIn() async throws {
        await #expect(throws: CancellationError.self) {
            try await locks.withLock(on: identity(1)) { throw CancellationError() }
        }
        try await locks.withLock(on: identity(1)) {}
    }
}
