import Glibc

/// The clock of deadlines: it never goes back and does not care for the time of day.
enum MonotonicClock {
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Duration {
    /// The span in milliseconds, rounded up; spans beyond 24 days and negative ones become the nearest allowed.
    var millisecondsRoundedUp: Int {
        let (seconds, attoseconds) = components
        if seconds < 0 { return 0 }
        if seconds >= Int64(Int32.max) / 1000 { return Int(Int32.max) }
        let perMillisecond: Int64 = 1_000_000_000_000_000
        return max(0, Int(seconds) * 1000 + Int((attoseconds + perMillisecond - 1) / perMillisecond))
    }
}
