import JSON
import NIOCore
import NIOHTTP1

/// Answers plain HTTP: the stream in chunks, the status, and the refusals, those of WebSocket requests included.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let feed: StreamFeed
    private let connection: ClientConnection
    private var head: HTTPRequestHead?
    private var isAnswered = false

    init(feed: StreamFeed, connection: ClientConnection) {
        self.feed = feed
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
        guard path == "/status" || path == "/2/\(feed.configuration.stream)" else {
            return refuse(.notFound, "there is no such stream", context: context)
        }
        guard head.method == .GET else {
            return refuse(.methodNotAllowed, "only GET is served here", context: context)
        }
        if path == "/status" {
            return finish(.ok, body: feed.status.json, context: context)
        }
        guard feed.admits(address: connection.address) else {
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
            stream(query.beginning, filter: filter, context: context)
        } catch let refusal as StreamQuery.Refusal {
            refuse(.badRequest, refusal.message, context: context)
        } catch {
            refuse(.internalServerError, "\(error)", context: context)
        }
    }

    private func stream(_ beginning: StreamQuery.Beginning, filter: EventFilter?, context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "Transfer-Encoding": "chunked", "Cache-Control": "no-store",
        ]
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
        let subscriber = Subscriber(connection: connection, wire: .chunkedHTTP, filter: filter)
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
