/// How long to wait before the next try: a bound that doubles with each failure, and a random part of it (full jitter).
///
/// See "Exponential Backoff And Jitter", Marc Brooker, AWS Architecture Blog, 2015.
public struct Backoff: Equatable, Sendable {
    /// The bound after the first failure.
    public let first: Duration
    /// The bound never grows past this.
    public let limit: Duration
    /// How many tries failed since the last success.
    public private(set) var failures = 0

    /// A backoff without a failure so far.
    public init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// Counts a failure and returns how long to wait: evenly spread between nothing and the bound.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let bound = min(limit, first * (1 << min(failures, 30)))
        failures += 1
        return .milliseconds(Int64.random(in: 0...max(1, bound.milliseconds), using: &random))
    }

    /// Counts a success.
    public mutating func reset() {
        failures = 0
    }
}
