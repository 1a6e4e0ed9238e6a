/// A whole message of a WebSocket, its fragments put together.
public struct WebSocketMessage: Hashable, Sendable {
    /// Whether it is text.
    public var kind: WebSocketMessageKind
    /// Its bytes; those of a text are valid UTF-8. The slice keeps alive all that was read with it: whoever keeps it for
    /// long copies it.
    public var bytes: ArraySlice<UInt8>

    /// A message.
    public init(kind: WebSocketMessageKind, bytes: ArraySlice<UInt8>) {
        self.kind = kind
        self.bytes = bytes
    }
}
