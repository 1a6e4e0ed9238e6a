/// How a replay server behaves.
public struct ReplayConfiguration: Sendable {
    /// What comes after the last message.
    public enum AtEnd: Sendable {
        /// The connections stay open in silence, as those of a stream on which nothing happens.
        case silence
        /// The replay begins again.
        case repetition
    }

    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port = 0
    /// How fast the messages of each stream go out.
    public var pace = Pace.following(speed: 1)
    /// What comes after the last message.
    public var atEnd = AtEnd.silence
    /// How many clients of WebSocket or server-sent events a stream must have before its first message goes out.
    public var awaitedClients = 0
    /// How many clients of all streams an address may have; the real service allowed ten.
    public var connectionsPerAddress = 10
    /// How many published messages of a stream can be asked for again.
    public var historyMessages = 1_000_000
    /// Where time goes on without the clients, one with more bytes waiting than this is disconnected.
    public var queueBytes = 64 << 20

    /// The settings named above.
    public init() {}
}
