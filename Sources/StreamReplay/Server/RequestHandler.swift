import JSON
import NIOCore
import NIOHTTP1

/// Answers plain HTTP: streams in chunks or as server-sent events, the status, and the refusals, those of WebSocket
/// requests included.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let feeds: StreamFeeds
    private let connection: ClientConnection
    private var head: HTTPRequestHead?
    private var isAnswered = false

    init(feeds: StreamFeeds, connection: ClientConnection) {
        self.feeds = feeds
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A connection carries one answer; the stream's never ends.
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            isAnswered = true
            answer(head, context: context)
        }
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let path = StreamQuery.path(ofTarget: head.uri)
        let feed = feeds[path: path]
        guard path == "/status" || feed != nil else {
            return refuse(.notFound, "there is no such stream", context: context)
        }
        guard head.method == .GET else {
            return refuse(.methodNotAllowed, "only GET is served here", context: context)
        }
        guard let feed else {
            return finish(.ok, body: feeds.statusText, context: context)
        }
        guard feeds.admits(address: connection.address) else {
            return refuse(.tooManyRequests, "too many connections from this address", context: context)
        }
        if head.headers.contains(name: "upgrade") {
            return refuse(.badRequest, "this is no WebSocket handshake of version 13", context: context)
        }
        guard head.version == .http1_1 else {
            return refuse(
                .httpVersionNotSupported, "the stream comes in chunks, which HTTP/1.1 brought", context: context)
        }
        do {
            let query = try StreamQuery(target: head.uri)
            let filter = try query.eventIdentity.map { try EventFilter(identity: $0) }
            let isEventStream = head.headers[canonicalForm: "accept"].contains { $0.hasPrefix("text/event-stream") }
            let last = isEventStream ? head.headers.first(name: "last-event-id").flatMap { Int($0) } : nil
            stream(
                feed, isEventStream ? .eventStream : .chunkedHTTP, last.map { .after($0) } ?? query.beginning, filter,
                context: context)
        } catch let refusal as StreamQuery.Refusal {
            refuse(.badRequest, refusal.message, context: context)
        } catch {
            refuse(.internalServerError, "\(error)", context: context)
        }
    }

    private func stream(
        _ feed: StreamFeed, _ wire: Wire, _ beginning: StreamQuery.Beginning, _ filter: EventFilter?,
        context: ChannelHandlerContext
    ) {
        let headers: HTTPHeaders = [
            "Content-Type": wire == .eventStream ? "text/event-stream" : "application/json",
            "Transfer-Encoding": "chunked", "Cache-Control": "no-store",
        ]
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
        if let greeting = wire.greeting { connection.send(greeting) }
        let subscriber = Subscriber(connection: connection, wire: wire, filter: filter)
        subscriber.catchUp = feed.catchUp(beginning, filter: filter)
        feed.add(subscriber)
    }

    private func refuse(_ status: HTTPResponseStatus, _ message: String, context: ChannelHandlerContext) {
        let body: JSONValue = [
            "errors": [["code": .string(status.reasonPhrase), "message": .string(message)]]
        ]
        finish(status, body: body.bytes + [UInt8(ascii: "\n")], context: context)
    }

    private func finish(_ status: HTTPResponseStatus, body: [UInt8], context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "Content-Length": "\(body.count)", "Connection": "close",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
        sent.futureResult.assumeIsolated().whenComplete { [connection] _ in connection.close() }
    }
}
