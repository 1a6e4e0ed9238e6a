import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One kept connection to the cloud, over TLS: a request, its answer, the next request.
struct CloudConnection: Sendable {
    /// An answer, of whatever status.
    struct Answer: Sendable {
        let status: Int
        let retryAfterSeconds: Int?
        let body: [UInt8]
        /// Whether the cloud takes no further request on this connection.
        let endsConnection: Bool
    }

    private let channel: any Channel
    private let host: String

    static func open(
        host: String, port: Int, context: NIOSSLContext, group: MultiThreadedEventLoopGroup
    ) async throws -> CloudConnection {
        let channel = try await ClientBootstrap(group: group)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: host))
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(ExchangeHandler())
                    return channel
                }
            }
        return CloudConnection(channel: channel, host: "\(host):\(port)")
    }

    /// Sends a request and waits for the whole answer.
    func send(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: [UInt8]
    ) async throws -> Answer {
        var fields = HTTPHeaders([("host", host), ("content-length", "\(body.count)")])
        fields.add(contentsOf: headers)
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)
        let exchange = Exchange(head: head, body: channel.allocator.buffer(bytes: body), promise: promise)
        channel.writeAndFlush(exchange, promise: nil)
        return try await promise.futureResult.get()
    }

    /// Ends the connection, whether it still stands or not.
    func close() async {
        channel.close(promise: nil)
        do {
            try await channel.closeFuture.get()
        } catch {
            Progress.say("A connection did not end well: \(error)")
        }
    }
}

/// A request, and who waits for its answer.
struct Exchange: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer
    let promise: EventLoopPromise<CloudConnection.Answer>
}

/// Writes requests and gathers their answers.
private final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private var waiting: EventLoopPromise<CloudConnection.Answer>?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var isClosed = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        guard !isClosed else { return exchange.promise.fail(LoadError.cut) }
        precondition(waiting == nil, "one request at a time")
        waiting = exchange.promise
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let buffer): body += buffer.readableBytesView
        case .end:
            guard let head else { return }
            let answer = CloudConnection.Answer(
                status: Int(head.status.code), retryAfterSeconds: head.headers["retry-after"].first.flatMap { Int($0) },
                body: body, endsConnection: head.headers[canonicalForm: "connection"].contains("close"))
            let promise = waiting
            waiting = nil
            promise?.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        waiting?.fail(LoadError.cut)
        waiting = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        waiting?.fail(error)
        waiting = nil
        context.close(promise: nil)
    }
}
