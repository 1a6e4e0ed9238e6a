import EdgeCollector

/// The clocks of one simulated machine: the monotonic one is right, the wall clock as wrong as it was made.
final class SimulatedClock: EdgeClock {
    /// The right time of day at the beginning of each run, in milliseconds since 1970: August 2028.
    static let beginning: Int64 = 1_850_000_000_000
    /// When the simulated edge was built: a year and more before.
    static let built: Int64 = 1_800_000_000_000

    private let agenda: Agenda
    private let bootedAt: Int64
    /// How far the wall clock is ahead of the right time, in milliseconds.
    var error: Int64
    /// Whether the machine says that a time server keeps its clock.
    var isSynchronized: Bool

    /// The clocks of a machine that boots now.
    init(_ agenda: Agenda, error: Int64, isSynchronized: Bool) {
        self.agenda = agenda
        bootedAt = agenda.now
        self.error = error
        self.isSynchronized = isSynchronized
    }

    /// The time since the boot, which took five seconds.
    var monotonic: Duration { .milliseconds(5000 + agenda.now - bootedAt) }
    /// What the wall clock shows.
    var wallMilliseconds: Int64 { Self.beginning + agenda.now + error }
}
