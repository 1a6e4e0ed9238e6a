import Glibc

/// One reader of the event feed, and the lines it has not taken yet.
///
/// A line that does not fit the buffer is dropped for this reader alone. From then on all lines are, until half of the
/// buffer is free again; then one line `{"dropped":N}` stands where the N lines would have.
final class FeedSubscriber {
    /// The bytes that wait for a slow reader, at most; what the socket itself holds comes on top.
    static let bufferBytes = 256 << 10
    /// What `{"dropped":N}` and its line feed take at most.
    private static let noticeBytes = 32

    let descriptor: Int32
    /// The reader has gone, or the socket is broken.
    private(set) var hasEnded = false
    /// The lines this reader has missed and not been told of.
    private(set) var untold: Int64 = 0
    private var buffer: [UInt8] = []
    private var sent = 0
    /// The socket is full; `writable` says when it is no more.
    private var isBlocked = false

    /// Takes the connection over and closes it at the end.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The bytes that wait.
    var waitingBytes: Int { buffer.count - sent }

    /// Keeps a line for this reader; false where it is dropped.
    func offer(_ line: [UInt8]) -> Bool {
        if untold == 0, !fits(line) { flush() }
        guard !hasEnded else { return true }
        guard untold == 0, fits(line) else {
            untold += 1
            return false
        }
        buffer += line
        return true
    }

    private func fits(_ line: [UInt8]) -> Bool { waitingBytes + line.count + Self.noticeBytes <= Self.bufferBytes }

    /// The socket takes bytes again.
    func writable() {
        isBlocked = false
        flush()
    }

    /// Sends as much as the socket takes.
    func flush() {
        guard !isBlocked else { return }
        send()
        guard untold > 0, !hasEnded, waitingBytes <= Self.bufferBytes / 2 else { return }
        buffer += Array("{\"dropped\":\(untold)}\n".utf8)
        untold = 0
        send()
    }

    private func send() {
        while sent < buffer.count, !hasEnded, !isBlocked {
            let count = buffer.withUnsafeBytes { all in
                Glibc.send(
                    descriptor, all.baseAddress.map { $0 + sent }, all.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                isBlocked = true
            } else if errno != EINTR {
                hasEnded = true
            }
        }
        guard sent > 0 else { return }
        buffer.removeFirst(sent)
        sent = 0
    }

    /// The reader has said something, which it has no reason to, or has gone: it is done with either way.
    func readable() {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
        if count >= 0 || (errno != EAGAIN && errno != EINTR) { hasEnded = true }
    }
}
