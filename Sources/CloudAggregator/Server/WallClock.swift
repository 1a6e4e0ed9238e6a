import Glibc

/// The time of day, from outside so that tests can set it.
public struct WallClock: Sendable {
    private let read: @Sendable () -> Int64

    /// A clock that answers what `read` returns, in milliseconds since 1970.
    public init(_ read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    /// The time in milliseconds since 1970.
    public var milliseconds: Int64 { read() }
    /// The time in seconds since 1970.
    public var seconds: Int64 { read() / 1000 }

    /// The machine's clock.
    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
