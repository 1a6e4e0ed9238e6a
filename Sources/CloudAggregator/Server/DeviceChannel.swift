import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A device's connection, HTTP/1.1 over TLS, that holds little memory between two requests: most of a fleet's wait.
struct DeviceChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    /// What is read from the socket at once. A connection keeps a buffer as large, by NIO's own rule up to four of 64 KiB.
    private static let receiveBytes = 4 << 10

    private let tls: NIOSSLContext
    private let http: HTTP1Channel

    /// A server of such connections.
    static func server(tls: TLSConfiguration, http: HTTP1Channel.Configuration) throws -> HTTPServerBuilder {
        let tls = try NIOSSLContext(configuration: tls)
        return HTTPServerBuilder { responder in
            DeviceChannel(
                tls: tls, http: HTTP1Channel(responder: inTaskOfItsOwn(responder), configuration: http))
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let receiving = FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBytes)
            try channel.syncOptions?.setOption(.recvAllocator, value: receiving)
            try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), PlaintextCopier())
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }

    /// A task keeps the most stack that it ever needed, and a connection's task lives as long as the connection. So each
    /// request, which needs several times what waiting for it does, is answered by a task that ends with it.
    private static func inTaskOfItsOwn(
        _ responder: @escaping HTTPChannelHandler.Responder
    ) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            let handover = Handover(writer)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await responder(request, handover.take(), channel) }
                try await tasks.waitForAll()
            }
        }
    }
}

/// Passes an answer's writer from the connection's task to that of the request, which the former waits for.
private final class Handover: @unchecked Sendable {
    private var writer: ResponseWriter?

    init(_ writer: consuming ResponseWriter) {
        self.writer = consume writer
    }

    /// The writer; once.
    func take() -> ResponseWriter {
        guard let writer = writer.take() else { preconditionFailure("An answer has one writer.") }
        return writer
    }
}
