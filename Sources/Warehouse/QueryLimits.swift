/// What a query that somebody wrote may use.
public struct QueryLimits: Hashable, Sendable {
    /// The largest value that a query may make, and the largest sum of its values, in bytes.
    public static let bytes = 32 << 20

    /// The rows given back; whether there are more is said.
    public var rows: Int
    /// How long it may take.
    public var time: Duration

    /// The usual limits, or others.
    public init(rows: Int = 10_000, time: Duration = .seconds(10)) {
        (self.rows, self.time) = (rows, time)
    }
}
