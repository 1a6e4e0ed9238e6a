/// What happened on a loop since it was last asked.
///
/// A buffered request ends with one `response`. A streamed one has one `head`, any number of `body`, and ends with one
/// `response` whose body is empty. A WebSocket has one `webSocketOpened`, then messages and pongs, and ends with one
/// `webSocketClosed`, which may be the only one. Nothing comes for a transfer that was cancelled.
public enum TransferEvent: Sendable {
    /// The transfer has ended: with an answer of whatever status, or without one.
    case response(TransferIdentifier, Result<HTTPResponse, TransferError>)
    /// The status and the headers of a streamed answer; its body is empty.
    case head(TransferIdentifier, HTTPResponse)
    /// The next bytes of a streamed answer.
    case body(TransferIdentifier, [UInt8])
    /// The handshake is done: messages may be sent, and will come.
    case webSocketOpened(TransferIdentifier)
    /// Messages that came together, one at least, in order.
    case webSocketMessages(TransferIdentifier, [WebSocketMessage])
    /// The answer to a ping; pings of the server are answered without an event.
    case webSocketPong(TransferIdentifier, [UInt8])
    /// The WebSocket has ended: with a closing handshake, whoever began it, or without one.
    case webSocketClosed(TransferIdentifier, Result<WebSocketClosure, TransferError>)
    /// One of the caller's own descriptors has something to read, or is at its end.
    case readable(Int32)
    /// One of the caller's own descriptors takes bytes again, or never will.
    case writable(Int32)
}
