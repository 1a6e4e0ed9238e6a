import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// The stand-in for streams' own servers: WebSocket, chunked HTTP and server-sent events at `/2/NAME`, and `GET /status`.
///
/// All runs on one thread of its own.
public final class ReplayServer: Sendable {
    /// How long clients may take to answer the close at the end.
    static let closePatience = TimeAmount.seconds(1)
    private static let backlog: Int32 = 256

    /// The address it listens on.
    public let host: String
    /// The port it listens on.
    public let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let feeds: NIOLoopBound<StreamFeeds>

    private init(group: MultiThreadedEventLoopGroup, listener: any Channel, feeds: NIOLoopBound<StreamFeeds>) {
        self.group = group
        self.listener = listener
        self.feeds = feeds
        host = listener.localAddress?.ipAddress ?? ""
        port = listener.localAddress?.port ?? 0
    }

    /// Listens, and begins the replay unless it waits for clients.
    public static func start(
        _ configuration: ReplayConfiguration, streams: [ReplayedStream], logger: Logger
    ) async throws -> ReplayServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            let feeds = try await loop.submit {
                let all = streams.map { StreamFeed($0, configuration, loop: loop, logger: logger) }
                return NIOLoopBound(
                    StreamFeeds(all, connectionsPerAddress: configuration.connectionsPerAddress), eventLoop: loop)
            }.get()
            let listener = try await listen(configuration, feeds: feeds, group: group)
            try await loop.submit { feeds.value.all.forEach { $0.start() } }.get()
            return ReplayServer(group: group, listener: listener, feeds: feeds)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Where the replay of all streams stands.
    public func status() async throws -> ReplayStatus {
        try await feeds.eventLoop.submit { [feeds] in feeds.value.status }.get()
    }

    /// Takes no more clients, tells those there are that the server goes away, and closes their connections.
    public func shutdown() async throws {
        try await listener.close()
        let loop = feeds.eventLoop
        try await loop.flatSubmit { [feeds] in feeds.value.close(within: Self.closePatience, on: loop) }.get()
        try await group.shutdownGracefully()
    }

    private static func listen(
        _ configuration: ReplayConfiguration, feeds: NIOLoopBound<StreamFeeds>, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: ClientConnection.waterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, feeds: feeds.value) }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw ReplayError.cannotListen(address: "\(configuration.host):\(configuration.port)", reason: "\(error)")
        }
    }

    private static func configure(_ channel: any Channel, feeds: StreamFeeds) throws {
        let connection = ClientConnection(address: channel.remoteAddress?.ipAddress ?? "unknown")
        let bound = NIOLoopBound((feeds: feeds, connection: connection), eventLoop: channel.eventLoop)
        let requests = RequestHandler(feeds: feeds, connection: connection)
        let boundRequests = NIOLoopBound(requests, eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                let (feeds, connection) = bound.value
                let isServed = feeds[path: StreamQuery.path(ofTarget: head.uri)] != nil
                let isAdmitted = isServed && feeds.admits(address: connection.address)
                return channel.eventLoop.makeSucceededFuture(isAdmitted ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let (feeds, connection) = bound.value
                    try channel.pipeline.syncOperations.addHandler(WebSocketInput(connection))
                    feeds[path: StreamQuery.path(ofTarget: head.uri)]?.add(
                        Subscriber(connection: connection, wire: .webSocket))
                }
            })
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(boundRequests.value, promise: nil)
                }
            ))
        try pipeline.addHandler(connection, position: .first)
        try pipeline.addHandler(requests)
    }
}
