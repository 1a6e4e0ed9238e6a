import JSON

/// Where a replay stands: of one stream, or of all together.
public struct ReplayStatus: Sendable, Equatable {
    /// Messages that went out to whoever was connected.
    public var published = 0
    /// WebSocket clients connected now.
    public var webSocketClients = 0
    /// Clients of chunked HTTP connected now.
    public var httpClients = 0
    /// Clients of server-sent events connected now.
    public var eventStreamClients = 0
    /// Clients disconnected because they were too slow.
    public var dropped = 0
    /// Whether the last message is out and no client's queue holds anything.
    public var isDone = true

    func adding(_ other: ReplayStatus) -> ReplayStatus {
        ReplayStatus(
            published: published + other.published, webSocketClients: webSocketClients + other.webSocketClients,
            httpClients: httpClients + other.httpClients,
            eventStreamClients: eventStreamClients + other.eventStreamClients, dropped: dropped + other.dropped,
            isDone: isDone && other.isDone)
    }

    var members: [JSONValue.Member] {
        [
            .init("published", .integer(Int64(published))),
            .init("clients", .integer(Int64(webSocketClients + httpClients + eventStreamClients))),
            .init("websocket_clients", .integer(Int64(webSocketClients))),
            .init("http_clients", .integer(Int64(httpClients))),
            .init("event_stream_clients", .integer(Int64(eventStreamClients))),
            .init("dropped_clients", .integer(Int64(dropped))), .init("done", .boolean(isDone)),
        ]
    }
}
