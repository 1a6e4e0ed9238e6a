import NIOCore

/// The outermost handler of a client's channel: what is sent through it goes to the socket as it is, past the
/// handlers that would encode it, and it says when the socket takes more or is gone.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// From how many waiting bytes on a client counts as one that takes no more, and from how few as one that does
    /// again.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 1 << 20)

    /// The client's address, without the port.
    let address: String
    /// Called when the socket takes more after it did not.
    var whenWritable: () -> Void = {}
    /// Called once, when the connection is gone.
    var whenGone: () -> Void = {}
    /// Whether the end of the stream has been sent, after which nothing may follow.
    private(set) var isEnding = false
    private var context: ChannelHandlerContext?

    init(address: String) {
        self.address = address
    }

    /// Whether the client takes more.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Completes when the connection is closed; nil when it is gone already.
    var whenClosed: EventLoopFuture<Void>? { context?.channel.closeFuture }

    /// Bytes that wait for the socket.
    var queuedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        do {
            return try options.getOption(.bufferedWritableBytes)
        } catch {
            // Only a channel that is being torn down refuses; it holds nothing that could still be sent.
            return 0
        }
    }

    /// Sends the bytes as they are.
    func send(_ buffer: ByteBuffer) {
        guard !isEnding else { return }
        context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Sends the last bytes. The connection is closed behind them, or by the client's answer where it owes one.
    func end(with buffer: ByteBuffer, awaitsAnswer: Bool) {
        send(buffer)
        isEnding = true
        if !awaitsAnswer { closeWhenFlushed() }
    }

    /// A close would throw away what waits; a write completes when all before it is out.
    private func closeWhenFlushed() {
        guard let context else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
        flushed.futureResult.assumeIsolated().whenComplete { _ in self.close() }
    }

    /// Closes the connection at once; what still waits is lost.
    func close() {
        isEnding = true
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        whenGone()
        (whenGone, whenWritable) = ({}, {})
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { whenWritable() }
        context.fireChannelWritabilityChanged()
    }
}
