/// A request for a WebSocket (RFC 6455). No subprotocol and no extension is offered.
public struct WebSocketRequest: Sendable {
    /// The longest message where the request does not say otherwise: 1 MiB.
    public static let usualMaximumMessageBytes = 1 << 20

    /// The whole address, `ws://` or `wss://`.
    public var url: String
    /// Headers beside those of the handshake.
    public var headers: [HTTPHeader]
    /// How the server is reached.
    public var connection: ConnectionOptions
    /// The longest message; a longer one closes the WebSocket with code 1009.
    public var maximumMessageBytes: Int
    /// How long the server may take to answer a close and to end the connection.
    public var closeTimeout: Duration

    /// A request.
    public init(
        url: String, headers: [HTTPHeader] = [], connection: ConnectionOptions = ConnectionOptions(),
        maximumMessageBytes: Int = usualMaximumMessageBytes, closeTimeout: Duration = .seconds(5)
    ) {
        self.url = url
        self.headers = headers
        self.connection = connection
        self.maximumMessageBytes = maximumMessageBytes
        self.closeTimeout = closeTimeout
    }
}
