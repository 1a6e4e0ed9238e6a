import NIOCore

/// A client of the feed.
final class Subscriber {
    /// Published messages that a client still gets before the live ones.
    struct CatchUp {
        /// The number of the next message.
        var next: Int
        /// Messages below this number count only with an `mtime` greater than `since`.
        let end: Int
        let since: Int64?
    }

    let connection: ClientConnection
    let wire: Wire
    let filter: EventFilter?
    /// Nil for a client that has all that was published.
    var catchUp: CatchUp?
    /// Whether the next step of catching up is already planned.
    var isStepPlanned = false
    /// What a client with a filter gets from the batch at hand.
    var ownBatch = ByteBuffer()

    init(connection: ClientConnection, wire: Wire, filter: EventFilter? = nil) {
        self.connection = connection
        self.wire = wire
        self.filter = filter
    }

    /// Whether the client takes live messages now.
    var isReady: Bool { catchUp == nil && connection.isWritable }
}
