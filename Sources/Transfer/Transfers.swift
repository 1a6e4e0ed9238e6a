/// The transfers of one thread, whatever carries them: `TransferLoop` over the network, or a simulated network.
///
/// Nothing happens but inside `wait`, and nothing calls back: what happened is what `wait` returns.
public protocol Transfers: AnyObject {
    /// Begins a request whose answer comes whole, in one `response`.
    func begin(_ request: HTTPRequest) -> TransferIdentifier
    /// Begins a request whose answer comes in pieces as they arrive: `head`, `body`..., `response`.
    func beginStreaming(_ request: HTTPRequest) -> TransferIdentifier
    /// Begins to open a WebSocket.
    func openWebSocket(_ request: WebSocketRequest) -> TransferIdentifier
    /// Ends a transfer at once, without another event of it; a WebSocket without a closing handshake.
    func cancel(_ identifier: TransferIdentifier)
    /// Lets a request under way send at most so many bytes of its body in a second from now on.
    func limitSending(_ identifier: TransferIdentifier, bytesPerSecond: Int) throws(TransferError)
    /// Waits until something happens, at most `timeout`, and returns what happened, in order.
    ///
    /// Watches the caller's own descriptors too: `descriptors` until there is something to read, those in `writing` until
    /// they take something. May return earlier with nothing.
    func wait(
        timeout: Duration, also descriptors: [Int32], writing: [Int32]
    ) throws(TransferError) -> [TransferEvent]
}
