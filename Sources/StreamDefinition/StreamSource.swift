/// Where a stream comes from.
public struct StreamSource: Hashable, Sendable {
    /// How messages are carried.
    public enum Transport: String, Hashable, Sendable, CaseIterable {
        /// A WebSocket, one message a frame.
        case websocket
        /// An HTTP answer without end, one message a line.
        case http
    }

    /// How what was missed is asked for: a request whose parameter is the greatest message time that is stored.
    public struct Resume: Hashable, Sendable {
        /// The address to ask.
        public let url: String
        /// The query parameter that takes the time.
        public let parameter: String
    }

    /// The address of the stream.
    public let url: String
    /// How messages are carried.
    public let transport: Transport
    /// How long a living stream may be silent.
    public let silence: Duration
    /// How what was missed is asked for, where the source can tell.
    public let resume: Resume?
}
