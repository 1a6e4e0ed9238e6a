/// When a request is tried again: exponential backoff with full jitter
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or what the server asks for.
struct RetrySchedule {
    /// So often a request is sent at most.
    static let attemptLimit = 6
    private static let firstCeiling = Duration.milliseconds(100)
    private static let greatestCeiling = Duration.seconds(5)
    /// A server that asks for more is asked again after this.
    private static let greatestRetryAfter = Duration.seconds(20)

    /// How often it was sent.
    private(set) var attempts = 0

    /// Counts an attempt that failed.
    ///
    /// - Parameters:
    ///   - chance: from 0 to 1.
    ///   - retryAfter: the answer's header.
    /// - Returns: how long to wait before the next one; nil where there is none.
    mutating func pause(chance: Double, retryAfter: String? = nil) -> Duration? {
        attempts += 1
        guard attempts < Self.attemptLimit else { return nil }
        let ceiling = min(Self.greatestCeiling, Self.firstCeiling * (1 << (attempts - 1)))
        let asked = retryAfter.flatMap { Int($0) }.map { Duration.seconds(max(0, min($0, 3600))) } ?? .zero
        return max(ceiling * chance, min(asked, Self.greatestRetryAfter))
    }
}
