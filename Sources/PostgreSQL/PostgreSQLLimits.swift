/// How long a statement may take, and how much it may send.
public struct PostgreSQLLimits: Sendable {
    /// When it is cancelled; nil for never.
    public var deadline: ContinuousClock.Instant?
    /// The bytes it may send, roughly; nil for any number.
    public var bytes: Int?

    /// Those limits; without any there are none.
    public init(deadline: ContinuousClock.Instant? = nil, bytes: Int? = nil) {
        (self.deadline, self.bytes) = (deadline, bytes)
    }
}
