import Glibc

/// What the store takes from the machine, so that tests can bring their own.
struct S3Surroundings: Sendable {
    /// The time of day, in milliseconds since 1970.
    var milliseconds: @Sendable () -> Int64
    /// Waits so long.
    var sleep: @Sendable (Duration) -> Void
    /// A number from 0 to 1.
    var chance: @Sendable () -> Double

    /// The machine's own.
    static let system = S3Surroundings(
        milliseconds: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        },
        sleep: { duration in
            let (seconds, attoseconds) = duration.components
            var (wanted, rest) = (timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000)), timespec())
            while nanosleep(&wanted, &rest) != 0 && errno == EINTR { wanted = rest }
        },
        chance: { .random(in: 0...1) })
}
