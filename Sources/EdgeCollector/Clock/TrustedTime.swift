import BatchFormat

/// One moment, as the edge knows it.
public struct Moment: Sendable {
    /// The time on the monotonic clock.
    public var monotonic: Duration
    /// The best guess at the time of day, in milliseconds since 1970, never before the trusted floor.
    public var milliseconds: Int64
    /// What that guess is worth.
    public var clock: ClockState
    /// The time that certificates are held against, in milliseconds since 1970; nil for the machine's own clock.
    public var certificateMilliseconds: Int64?

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
/// last time the cloud has signed for. Collection never waits for the clock, and TLS does not either: certificates are
/// held against the best guess, see `Moment.certificateMilliseconds`.
///
///     wall clock                              best guess               state
///     before the floor                        floor, or cloud's time   floor
///     kept by a time server, or as the cloud  wall clock               synchronized
///     otherwise                               cloud's time, else wall  unsynchronized
public struct TrustedTime {
    /// No time of this format is earlier: 2026-01-01.
    public static let formatMilliseconds: Int64 = 1_767_225_600_000
    /// No time is later: the end of the year 9999, as far as HTTP can count. What claims to be is not believed.
    public static let latestMilliseconds: Int64 = 253_402_300_799_000
    /// How far the wall clock may be from the cloud's and still count as synchronized.
    public static let agreement: Duration = .seconds(5)

    private let clock: any EdgeClock
    /// The latest time that is certainly past, in milliseconds since 1970.
    public private(set) var floorMilliseconds: Int64
    private var server: (milliseconds: Int64, at: Duration)?
    private var isWallDoubted = false

    /// - Parameter floorMilliseconds: what is known so far: the time of the build, the floor that was kept.
    public init(clock: any EdgeClock, floorMilliseconds: Int64) {
        self.clock = clock
        self.floorMilliseconds = Self.formatMilliseconds
        raiseFloor(to: floorMilliseconds)
    }

    /// Takes a time that an earlier run has found certain.
    public mutating func raiseFloor(to milliseconds: Int64) {
        guard milliseconds <= Self.latestMilliseconds else { return }
        floorMilliseconds = max(floorMilliseconds, milliseconds)
    }

    /// Takes a time that the cloud vouches for, just received.
    public mutating func receive(serverMilliseconds: Int64) {
        guard (Self.formatMilliseconds...Self.latestMilliseconds).contains(serverMilliseconds) else { return }
        server = (serverMilliseconds, clock.monotonic)
        raiseFloor(to: serverMilliseconds)
    }

    /// A certificate was not believed. While nobody vouches for the wall clock that may be its fault: certificates are
    /// then held against the floor, and against the wall clock again after the next failure. One that is good at a time
    /// that is certainly past has at worst expired since, which nobody here can know.
    public mutating func certificateWasRefused() {
        isWallDoubted.toggle()
    }

    /// Now.
    public var moment: Moment {
        let monotonic = clock.monotonic
        let wall = min(clock.wallMilliseconds, Self.latestMilliseconds)
        if wall < floorMilliseconds {
            let time = max(floorMilliseconds, serverMilliseconds(at: monotonic) ?? 0)
            return moment(monotonic, time, .floor, certificate: time)
        }
        if clock.isSynchronized || agreesWithServer(wall, at: monotonic) {
            return moment(monotonic, wall, .synchronized, certificate: nil)
        }
        if let time = serverMilliseconds(at: monotonic) {
            return moment(monotonic, time, .unsynchronized, certificate: time)
        }
        return moment(monotonic, wall, .unsynchronized, certificate: isWallDoubted ? floorMilliseconds : nil)
    }

    private func moment(
        _ monotonic: Duration, _ milliseconds: Int64, _ state: ClockState, certificate: Int64?
    ) -> Moment {
        var moment = Moment(monotonic: monotonic, milliseconds: milliseconds, clock: state)
        moment.certificateMilliseconds = certificate
        return moment
    }

    /// The cloud's time now, by its last word and the monotonic clock since; nil before its first word.
    public var serverMilliseconds: Int64? { serverMilliseconds(at: clock.monotonic) }

    private func serverMilliseconds(at monotonic: Duration) -> Int64? {
        server.map { $0.milliseconds + (monotonic - $0.at).milliseconds }
    }

    private func agreesWithServer(_ wall: Int64, at monotonic: Duration) -> Bool {
        guard let expected = serverMilliseconds(at: monotonic) else { return false }
        return (wall - expected).magnitude <= UInt64(Self.agreement.milliseconds)
    }
}
