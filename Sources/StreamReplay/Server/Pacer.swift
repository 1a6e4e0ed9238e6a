/// Says when each message is due. Decides only; the clock is the caller's.
///
/// A recording carries no arrival times. Its messages come nearly in the order of their `mtime`, less echoes and late
/// ones, so the greatest `mtime` so far stands for the time of arrival; a message that does not raise it comes at
/// once.
struct Pacer {
    /// A silence longer than this counts as this long: the real stream was never silent for more than 7 s.
    static let longestSilence: Int64 = 10_000

    private let pace: Pace
    private var latest: Int64?
    private var passed = 0.0
    private var count = 0.0

    init(pace: Pace) {
        self.pace = pace
    }

    /// Nanoseconds from the replay's beginning at which the message after the last one is due.
    mutating func due(mtime: Int64?, beginsTimeline: Bool) -> Int64 {
        switch pace {
        case .unlimited: return 0
        case .rate(let rate):
            defer { count += 1 }
            return Self.nanoseconds(seconds: count / rate)
        case .following(let speed):
            if beginsTimeline { latest = nil }
            guard let mtime else { return Self.nanoseconds(seconds: passed) }
            if let latest, mtime > latest {
                // The difference of two wild numbers may not fit: then it is a long silence, too.
                let (step, overflow) = mtime.subtractingReportingOverflow(latest)
                passed += Double(overflow ? Self.longestSilence : min(step, Self.longestSilence)) / 1_000 / speed
            }
            latest = max(latest ?? mtime, mtime)
            return Self.nanoseconds(seconds: passed)
        }
    }

    private static func nanoseconds(seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1_000_000_000).rounded()) ?? .max
    }
}
