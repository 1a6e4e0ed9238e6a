import BatchFormat

/// One moment, as the edge knows it.
public struct Moment: Sendable {
    /// The time on the monotonic clock.
    public var monotonic: Duration
    /// The best guess at the time of day, in milliseconds since 1970, never before the trusted floor.
    public var milliseconds: Int64
    /// What that guess is worth.
    public var clock: ClockState

    /// A moment.
    public init(monotonic: Duration, milliseconds: Int64, clock: ClockState) {
        self.monotonic = monotonic
        self.milliseconds = milliseconds
        self.clock = clock
    }
}

/// Judges the wall clock: a machine without a battery for it begins in 1970 and must not sign such times.
///
/// The floor is the latest time that is certainly past: when the program was built, the floor kept from earlier runs, the
/// last time the cloud has signed for. Collection never waits for the clock.
public struct TrustedTime {
    /// No time of this format is earlier: 2026-01-01.
    public static let formatMilliseconds: Int64 = 1_767_225_600_000
    /// How far the wall clock may be from the cloud's and still count as synchronized.
    public static let agreement: Duration = .seconds(5)

    private let clock: any EdgeClock
    /// The latest time that is certainly past, in milliseconds since 1970.
    public private(set) var floorMilliseconds: Int64
    private var server: (milliseconds: Int64, at: Duration)?

    /// - Parameter floorMilliseconds: what is known so far: the time of the build, the floor that was kept.
    public init(clock: any EdgeClock, floorMilliseconds: Int64) {
        self.clock = clock
        self.floorMilliseconds = max(floorMilliseconds, Self.formatMilliseconds)
    }

    /// Takes a time that an earlier run has found certain.
    public mutating func raiseFloor(to milliseconds: Int64) {
        floorMilliseconds = max(floorMilliseconds, milliseconds)
    }

    /// Takes a time that the cloud vouches for, just received.
    public mutating func receive(serverMilliseconds: Int64) {
        server = (serverMilliseconds, clock.monotonic)
        floorMilliseconds = max(floorMilliseconds, serverMilliseconds)
    }

    /// Now.
    public var moment: Moment {
        let monotonic = clock.monotonic
        let wall = clock.wallMilliseconds
        if wall < floorMilliseconds {
            let since = server.map { $0.milliseconds + (monotonic - $0.at).milliseconds } ?? 0
            return Moment(monotonic: monotonic, milliseconds: max(floorMilliseconds, since), clock: .floor)
        }
        return Moment(
            monotonic: monotonic, milliseconds: wall,
            clock: clock.isSynchronized || agreesWithServer(wall, at: monotonic) ? .synchronized : .unsynchronized)
    }

    /// The cloud's time now, by its last word and the monotonic clock since; nil before its first word.
    public var serverMilliseconds: Int64? {
        server.map { $0.milliseconds + (clock.monotonic - $0.at).milliseconds }
    }

    private func agreesWithServer(_ wall: Int64, at monotonic: Duration) -> Bool {
        guard let server else { return false }
        let expected = server.milliseconds + (monotonic - server.at).milliseconds
        return (wall - expected).magnitude <= UInt64(Self.agreement.milliseconds)
    }
}
