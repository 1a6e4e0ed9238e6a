/// Counts events by the second they were merged in, for as long as the series is.
struct RateMeter: Sendable {
    /// The seconds that are kept.
    static let seriesSeconds = 300
    /// The seconds over which the rate is the mean.
    static let rateSeconds = 10

    private var buckets: [Int64: Int64] = [:]
    private var newest = Int64.min

    /// Counts events that were merged at that time.
    mutating func record(_ events: Int64, at milliseconds: Int64) {
        let second = milliseconds / 1000
        buckets[second, default: 0] += events
        newest = max(newest, second)
        if buckets.count > 2 * Self.seriesSeconds { forget(before: second - Int64(Self.seriesSeconds)) }
    }

    /// Whether the rate still changes when no more events come.
    func isMoving(at milliseconds: Int64) -> Bool {
        newest > milliseconds / 1000 - Int64(Self.rateSeconds) - 2
    }

    /// The series of whole seconds before `milliseconds`; it begins with the first second that had events.
    func series(at milliseconds: Int64) -> RateSeries {
        let end = milliseconds / 1000
        let earliest = end - Int64(Self.seriesSeconds)
        let start = max(earliest, buckets.keys.min() ?? end)
        let events = start < end ? (start..<end).map { buckets[$0, default: 0] } : []
        let recent = events.suffix(Self.rateSeconds).reduce(0, +)
        return RateSeries(
            fromMilliseconds: min(start, end) * 1000, events: events,
            perSecond: Double(recent) / Double(Self.rateSeconds))
    }

    private mutating func forget(before second: Int64) {
        buckets = buckets.filter { $0.key >= second }
    }
}
