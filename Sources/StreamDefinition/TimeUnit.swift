/// What a stream counts its messages' times in, from the beginning of 1970.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    case millisecond, second

    private var milliseconds: Int64 {
        switch self {
        case .millisecond: 1
        case .second: 1000
        }
    }

    /// A message's time in milliseconds; nil where that is beyond 64 bits.
    public func milliseconds(of time: Int64) -> Int64? {
        let (product, overflow) = time.multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : product
    }

    /// The time that begins at or before so many milliseconds, as the stream would write it.
    public func time(ofMilliseconds milliseconds: Int64) -> Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: self.milliseconds)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
