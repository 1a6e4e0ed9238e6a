/// Says now and then how far long work has come.
final class Progress {
    private static let interval = Duration.seconds(5)

    private var last = ContinuousClock.now

    /// Says it on standard error, unless something was said within the last seconds.
    func note(_ text: () -> String) {
        let now = ContinuousClock.now
        guard last.duration(to: now) >= Self.interval else { return }
        last = now
        Console.complain("so far: \(text())")
    }
}
