/// Where the edge takes its time from; a test brings its own.
public protocol EdgeClock: AnyObject {
    /// The time since some fixed moment; it never goes back and does not care what the wall clock says.
    var monotonic: Duration { get }
    /// The wall clock in milliseconds since 1970, which may be wrong.
    var wallMilliseconds: Int64 { get }
    /// Whether the operating system says that a time server keeps the wall clock right.
    var isSynchronized: Bool { get }
}

extension Duration {
    /// The span in whole milliseconds.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// The span in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
