import JSON

/// Where a replay stands.
public struct ReplayStatus: Sendable, Equatable {
    /// The stream's name.
    public var stream: String
    /// Messages that went out to whoever was connected.
    public var published: Int
    /// WebSocket clients connected now.
    public var webSocketClients: Int
    /// Clients of chunked HTTP connected now.
    public var httpClients: Int
    /// Clients disconnected because they were too slow.
    public var dropped: Int
    /// Whether the last message is out and no client's queue holds anything.
    public var isDone: Bool

    var json: [UInt8] {
        let object: JSONValue = [
            "stream": .string(stream), "published": .integer(Int64(published)),
            "clients": .integer(Int64(webSocketClients + httpClients)),
            "websocket_clients": .integer(Int64(webSocketClients)), "http_clients": .integer(Int64(httpClients)),
            "dropped_clients": .integer(Int64(dropped)), "done": .boolean(isDone),
        ]
        return object.bytes + [UInt8(ascii: "\n")]
    }
}
