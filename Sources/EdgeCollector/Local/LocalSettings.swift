/// What the edge offers to programs on the same machine.
public struct LocalSettings: Hashable, Sendable {
    /// The path of the Unix socket that scored events are sent on; nil for none.
    public var socket: String?
    /// Where the metrics are served; nil for nowhere.
    public var metrics: LoopbackAddress?

    /// The settings every installation begins with: nothing is offered.
    public init() {}
}
