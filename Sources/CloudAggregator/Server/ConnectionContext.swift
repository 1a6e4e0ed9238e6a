import Hummingbird
import NIOCore

/// What a request of either server carries along; the channel, so that a connection can be ended.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel

    /// How long a client may take to end the connection, or to go on sending a body that nobody wants.
    private static let linger = TimeAmount.seconds(1)

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Ends the connection after an answer that says so (`Connection: close`).
    func endConnection() {
        channel.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
    }
}
