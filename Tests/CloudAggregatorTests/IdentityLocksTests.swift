import BatchFormat
import Testing

@testable import CloudAggregator

@Suite struct IdentityLocksTests {
    private let locks = IdentityLocks(byteLimit: 100)

    private func identity(_ sequence: Int64) -> BatchIdentity {
        BatchIdentity(device: "a", epoch: 1, sequence: sequence)
    }

    @Test func aSecondUploadOfOneIdentityIsToldToComeAgain() async throws {
        try await locks.withLock(on: identity(1), bytes: 10) {
            await #expect(throws: Refusal.busy(retryAfterSeconds: 1)) {
                try await locks.withLock(on: identity(1), bytes: 10) {}
            }
            try await locks.withLock(on: identity(2), bytes: 10) {}
        }
        try await locks.withLock(on: identity(1), bytes: 10) {}
    }

    @Test func theBytesOfAllUploadsAreBounded() async throws {
        try await locks.withLock(on: identity(1), bytes: 60) {
            await #expect(throws: Refusal.busy(retryAfterSeconds: 1)) {
                try await locks.withLock(on: identity(2), bytes: 41) {}
            }
            try await locks.withLock(on: identity(2), bytes: 40) {}
        }
        // A failure gives the room back, too.
        await #expect(throws: CancellationError.self) {
            try await locks.withLock(on: identity(1), bytes: 100) { throw CancellationError() }
        }
        try await locks.withLock(on: identity(1), bytes: 100) {}
    }
}
