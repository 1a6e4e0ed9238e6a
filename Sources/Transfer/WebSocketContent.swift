/// Whether a message is text or any bytes.
public enum WebSocketMessageKind: Hashable, Sendable {
    /// UTF-8.
    case text
    /// Any bytes.
    case binary
}

/// What can be sent on a WebSocket.
public enum WebSocketContent: Hashable, Sendable {
    /// A message that is UTF-8.
    case text([UInt8])
    /// A message of any bytes.
    case binary([UInt8])
    /// A ping with at most 125 bytes.
    case ping([UInt8])
    /// The beginning of the closing handshake; the reason has at most 123 bytes.
    case close(code: UInt16, reason: String)
}

/// How the server closed a WebSocket, or answered our close.
public struct WebSocketClosure: Hashable, Sendable {
    /// The code where the server gave none (RFC 6455 section 7.4.1).
    public static let noCode: UInt16 = 1005

    /// The code, see RFC 6455 section 7.4.
    public var code: UInt16
    /// The reason, mostly empty.
    public var reason: String

    /// A closure.
    public init(code: UInt16 = noCode, reason: String = "") {
        self.code = code
        self.reason = reason
    }
}
