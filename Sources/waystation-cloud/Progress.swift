import Synchronization

/// Says now and then how far long work has come.
final class Progress: Sendable {
    private static let interval = Duration.seconds(5)

    private let last = Mutex(ContinuousClock.now)

    /// Says it on standard error, unless something was said within the last seconds.
    func note(_ text: () -> String) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            guard last.duration(to: now) >= Self.interval else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        Console.complain("so far: \(text())")
    }
}
