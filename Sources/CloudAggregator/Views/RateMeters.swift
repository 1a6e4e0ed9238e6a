/// How fast each stream's events come in.
struct RateMeters: Sendable {
    private var meters: [String: RateMeter] = [:]

    /// Counts events of a stream that were merged at that time.
    mutating func record(_ events: Int64, of stream: String, at milliseconds: Int64) {
        meters[stream, default: RateMeter()].record(events, at: milliseconds)
    }

    /// Whether a rate still changes when no more events come.
    func isMoving(at milliseconds: Int64) -> Bool {
        meters.values.contains { $0.isMoving(at: milliseconds) }
    }

    /// The series of a stream; see `RateMeter`.
    func series(of stream: String, at milliseconds: Int64) -> RateSeries {
        meters[stream, default: RateMeter()].series(at: milliseconds)
    }
}
