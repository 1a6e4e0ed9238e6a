/// Events a second over the last minutes.
public struct RateSeries: Hashable, Sendable {
    /// The start of the first second, in milliseconds since 1970.
    public var fromMilliseconds: Int64
    /// The events of each whole second, oldest first.
    public var events: [Int64]
    /// The mean of the last ten whole seconds.
    public var perSecond: Double
}
