import Synchronization

/// What another thread of a test found out.
final class TestAnswer: Sendable {
    private let found = Mutex<Result<String, any Error>?>(nil)

    var key: Result<String, any Error>? { found.withLock { $0 } }

    func set(_ key: Result<String, any Error>) {
        found.withLock { $0 = key }
    }
}

/// Hands a value to another thread while this one leaves it alone.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
