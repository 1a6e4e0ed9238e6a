import JSON
import NIOCore

/// The feeds of all streams of a server, which share the limit of connections. Lives on one event loop.
final class StreamFeeds {
    private static let prefix = "/2/"

    let all: [StreamFeed]
    private let connectionsPerAddress: Int

    init(_ feeds: [StreamFeed], connectionsPerAddress: Int) {
        all = feeds
        self.connectionsPerAddress = connectionsPerAddress
    }

    /// The feed that is served at that path.
    subscript(path path: String) -> StreamFeed? {
        guard path.hasPrefix(Self.prefix) else { return nil }
        return all.first { $0.name == path.dropFirst(Self.prefix.count) }
    }

    /// Whether one more client of that address may come.
    func admits(address: String) -> Bool {
        let clients = all.reduce(0) { $0 + $1.subscribers.count { $0.connection.address == address } }
        return clients < connectionsPerAddress
    }

    /// Where the replay of all streams stands.
    var status: ReplayStatus {
        all.map(\.status).reduce(ReplayStatus()) { $0.adding($1) }
    }

    /// The status in JSON: that of all, and below it that of each.
    var statusText: [UInt8] {
        let streams = all.map { JSONValue.Member($0.name, .object($0.status.members)) }
        return JSONValue.object(status.members + [.init("streams", .object(streams))]).bytes + [UInt8(ascii: "\n")]
    }

    /// Ends all streams; see `StreamFeed.close`.
    func close(within patience: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<Void> {
        .andAllComplete(all.map { $0.close(within: patience) }, on: loop)
    }
}
