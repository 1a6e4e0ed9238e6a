import Glibc

/// Prints what an edge sends on its event feed: the work of `waystation-edge tail`.
///
/// While its own output is full it does not read, so that a slow pager makes the edge drop lines, and say so, rather than
/// this program grow.
public final class FeedTail {
    /// The longest line that is understood.
    private static let lineBytes = 1 << 20
    /// A pipe that is ready takes so much without blocking (PIPE_BUF).
    private static let pieceBytes = 4096

    /// Why it has ended.
    public enum End: Equatable, Sendable {
        /// A signal came, or nobody reads the output any more.
        case wanted
        /// The edge has closed the feed.
        case closedByEdge
    }

    private let descriptor: Int32
    private let output: Int32
    private let wantedPrefix: [UInt8]?
    private var received: [UInt8] = []
    private var pending: [UInt8] = []
    private var printed = 0
    private var hasEdgeClosed = false

    /// Connects to the feed at that path.
    ///
    /// - Parameter stream: the only stream whose lines are printed; nil for all.
    public init(path: String, stream: String?, output: Int32 = STDOUT_FILENO) throws(EdgeError) {
        self.output = output
        wantedPrefix = stream.map { EventFeed.Prefix.bytes(stream: $0) }
        guard let address = UnixAddress(path) else {
            throw .system(action: "connect to", path: path, reason: "the path is not absolute or is too long")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else {
            let reason = StateDirectory.reason
            if descriptor >= 0 { close(descriptor) }
            throw .system(action: "connect to", path: path, reason: reason)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Prints lines until one of those signals comes, the output is closed, or the edge ends.
    public func run(signals: SignalPipe) throws(EdgeError) -> End {
        while true {
            if pending.isEmpty, hasEdgeClosed { return .closedByEdge }
            var watched = [
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output, events: pending.isEmpty ? 0 : Int16(POLLOUT), revents: 0),
                pollfd(fd: pending.isEmpty ? descriptor : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, nfds_t(watched.count), -1) >= 0 else {
                if errno == EINTR { continue }
                throw .system(action: "wait for", path: "events", reason: StateDirectory.reason)
            }
            if watched[0].revents != 0, !signals.received().isEmpty { return .wanted }
            if watched[1].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { return .wanted }
            if watched[1].revents & Int16(POLLOUT) != 0, try !print() { return .wanted }
            if watched[2].revents != 0 { try receive() }
        }
    }

    /// Prints a piece of what waits; false where nobody reads it any more.
    private func print() throws(EdgeError) -> Bool {
        let count = pending.withUnsafeBytes { all in
            write(output, all.baseAddress.map { $0 + printed }, min(all.count - printed, Self.pieceBytes))
        }
        if count > 0 { printed += count }
        if printed == pending.count {
            pending.removeAll(keepingCapacity: true)
            printed = 0
        }
        if count >= 0 || errno == EINTR || errno == EAGAIN { return true }
        if errno == EPIPE { return false }
        throw .system(action: "write", path: "standard output", reason: StateDirectory.reason)
    }

    private func receive() throws(EdgeError) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            hasEdgeClosed = true
            return
        }
        received += chunk[..<count]
        guard let end = received.lastIndex(of: UInt8(ascii: "\n")) else {
            guard received.count <= Self.lineBytes else {
                throw .system(action: "read", path: "the event feed", reason: "a line has no end")
            }
            return
        }
        if let wantedPrefix {
            for line in received[...end].split(separator: UInt8(ascii: "\n")) where Self.concerns(line, wantedPrefix) {
                pending += line
                pending.append(UInt8(ascii: "\n"))
            }
        } else {
            pending += received[...end]
        }
        received.removeFirst(end + 1)
    }

    /// Whether a line is of that stream; what was missed concerns every one.
    private static func concerns(_ line: ArraySlice<UInt8>, _ wantedPrefix: [UInt8]) -> Bool {
        line.starts(with: wantedPrefix) || line.starts(with: Array("{\"dropped\":".utf8))
    }
}
