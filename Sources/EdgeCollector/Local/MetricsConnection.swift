import Glibc

/// One connection to the metrics' server: reads one request, sends one answer, closes.
final class MetricsConnection {
    /// What a client may send after its request before it is cut off.
    private static let ignoredBytes = 64 << 10

    private enum Stage {
        case reading
        case writing
        /// The answer is out. To close before the client has would make the system throw away what is on its way
        /// (RFC 9112, 9.6), so the rest of what it says is read and ignored.
        case closing
        case ended
    }

    let descriptor: Int32
    /// When the connection is given up, whatever it has come to.
    let deadline: Duration
    private var stage = Stage.reading
    private var received: [UInt8] = []
    private var answer: [UInt8] = []
    private var sent = 0
    private var ignored = 0

    /// Takes the connection over and closes it at the end.
    init(_ descriptor: Int32, deadline: Duration) {
        self.descriptor = descriptor
        self.deadline = deadline
    }

    deinit { close(descriptor) }

    /// Nothing more comes of it.
    var hasEnded: Bool { stage == .ended }
    /// It waits for the client to take more of the answer.
    var isWriting: Bool { stage == .writing }

    /// Reads on; `respond` is asked once, when the request is whole.
    func readable(_ respond: (MetricsRequest) -> [UInt8]) {
        var chunk = [UInt8](repeating: 0, count: MetricsRequest.maximumBytes)
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { end() }
            return
        }
        if stage == .reading {
            received += chunk[..<count]
            let request = MetricsRequest(received)
            guard request != .incomplete else { return }
            answer = respond(request)
            received = []
            stage = .writing
            writable()
        } else {
            ignored += count
            if ignored > Self.ignoredBytes { stage = .ended }
        }
    }

    /// A client that has no more to say may still wait for its answer.
    private func end() {
        if stage != .writing { stage = .ended }
    }

    /// Sends as much of the answer as the socket takes.
    func writable() {
        while stage == .writing {
            let count = answer.withUnsafeBytes { all in
                send(
                    descriptor, all.baseAddress.map { $0 + sent }, all.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                sent += count
                guard sent == answer.count else { continue }
                shutdown(descriptor, Int32(SHUT_WR))
                stage = .closing
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                stage = .ended
            }
        }
    }
}
