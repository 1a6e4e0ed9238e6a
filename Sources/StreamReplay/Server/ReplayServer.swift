import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// The stand-in for a stream's own server: WebSocket and chunked HTTP at `/2/NAME`, and `GET /status`.
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
    private let feed: NIOLoopBound<StreamFeed>

    private init(group: MultiThreadedEventLoopGroup, listener: any Channel, feed: NIOLoopBound<StreamFeed>) {
        self.group = group
        self.listener = listener
        self.feed = feed
        host = listener.localAddress?.ipAddress ?? ""
        port = listener.localAddress?.port ?? 0
    }

    /// Listens, and begins the replay unless it waits for clients.
    public static func start(
        _ configuration: ReplayConfiguration, material: Material, logger: Logger
    ) async throws -> ReplayServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            let feed = try await loop.submit {
                NIOLoopBound(
                    StreamFeed(configuration: configuration, material: material, loop: loop, logger: logger),
                    eventLoop: loop)
            }.get()
            let listener = try await listen(configuration, feed: feed, group: group)
            try await loop.submit { feed.value.start() }.get()
            return ReplayServer(group: group, listener: listener, feed: feed)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Where the replay stands.
    public func status() async throws -> ReplayStatus {
        try await feed.eventLoop.submit { [feed] in feed.value.status }.get()
    }

    /// Takes no more clients, tells those there are that the server goes away, and closes their connections.
    public func shutdown() async throws {
        try await listener.close()
        let loop = feed.eventLoop
        try await loop.flatSubmit { [feed] in feed.value.close(within: Self.closePatience) }.get()
        try await group.shutdownGracefully()
    }

    private static func listen(
        _ configuration: ReplayConfiguration, feed: NIOLoopBound<StreamFeed>, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: ClientConnection.waterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, feed: feed.value) }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw ReplayError.cannotListen(address: "\(configuration.host):\(configuration.port)", reason: "\(error)")
        }
    }

    private static func configure(_ channel: any Channel, feed: StreamFeed) throws {
        let connection = ClientConnection(address: channel.remoteAddress?.ipAddress ?? "unknown")
        let bound = NIOLoopBound((feed: feed, connection: connection), eventLoop: channel.eventLoop)
        let requests = RequestHandler(feed: feed, connection: connection)
        let boundRequests = NIOLoopBound(requests, eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                let (feed, connection) = bound.value
                let isServed = StreamQuery.path(ofTarget: head.uri) == "/2/\(feed.configuration.stream)"
                let isAdmitted = isServed && feed.admits(address: connection.address)
                return channel.eventLoop.makeSucceededFuture(isAdmitted ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let (feed, connection) = bound.value
                    try channel.pipeline.syncOperations.addHandler(WebSocketInput(connection))
                    feed.add(Subscriber(connection: connection, wire: .webSocket))
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
