import Glibc

/// Serves the metrics to a Prometheus on this machine: `GET /metrics`, and `GET /healthz` for whoever only wants to know
/// whether the edge keeps what it collects. HTTP/1.1, one request a connection.
final class MetricsServer {
    /// Connections at once; more wait until one of them is done.
    static let connectionLimit = 8
    /// How long a connection may take from its first moment to its last.
    static let patience: Duration = .seconds(10)
    /// The text format of Prometheus.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let listener: LocalListener
    private var connections: [MetricsConnection] = []

    /// Makes the text of `/metrics`.
    var metrics: () throws -> [UInt8] = { [] }
    /// Why the edge is not well; nil while it is.
    var ailment: () -> String? = { nil }

    /// Listens on that port.
    init(_ address: LoopbackAddress) throws(EdgeError) {
        listener = try LocalListener(address)
    }

    /// Where it listens, the port the system chose included.
    var address: String { listener.name }

    /// When `tick` has something to do.
    var deadline: Duration? { connections.lazy.map(\.deadline).min() }

    /// The descriptors to wait on until they have something to read.
    var reading: [Int32] {
        let isFull = connections.count >= Self.connectionLimit
        return connections.compactMap { $0.isWriting ? nil : $0.descriptor } + (isFull ? [] : [listener.descriptor])
    }

    /// The descriptors to wait on until they take bytes again.
    var writing: [Int32] { connections.compactMap { $0.isWriting ? $0.descriptor : nil } }

    /// Gives up connections that take too long.
    func tick(at now: Duration) {
        connections.removeAll { now >= $0.deadline }
    }

    /// Takes what the loop says; false where it is about somebody else's descriptor.
    func handle(readable descriptor: Int32, at now: Duration) -> Bool {
        if descriptor == listener.descriptor {
            while connections.count < Self.connectionLimit, let connection = listener.accept() {
                connections.append(MetricsConnection(connection, deadline: now + Self.patience))
            }
            return true
        }
        guard let connection = connections.first(where: { $0.descriptor == descriptor }) else { return false }
        connection.readable(answer)
        connections.removeAll(where: \.hasEnded)
        return true
    }

    /// Takes what the loop says; false where it is about somebody else's descriptor.
    func handle(writable descriptor: Int32) -> Bool {
        guard let connection = connections.first(where: { $0.descriptor == descriptor }) else { return false }
        connection.writable()
        connections.removeAll(where: \.hasEnded)
        return true
    }

    private func answer(_ request: MetricsRequest) -> [UInt8] {
        switch request {
        case .get("/metrics", let isHead):
            do {
                return Self.answer("200 OK", type: Self.contentType, try metrics(), isHead: isHead)
            } catch {
                return Self.answer("500 Internal Server Error", "The metrics cannot be read: \(error).", isHead: isHead)
            }
        case .get("/healthz", let isHead):
            guard let ailment = ailment() else { return Self.answer("200 OK", "ok", isHead: isHead) }
            return Self.answer("503 Service Unavailable", ailment, isHead: isHead)
        case .get(_, let isHead):
            return Self.answer("404 Not Found", "There are /metrics and /healthz.", isHead: isHead)
        case .wrongMethod:
            return Self.answer("405 Method Not Allowed", "Only GET and HEAD.", more: "allow: GET, HEAD\r\n")
        case .tooLarge: return Self.answer("431 Request Header Fields Too Large", "The request is too large.")
        case .malformed, .incomplete: return Self.answer("400 Bad Request", "This is no request.")
        }
    }

    private static func answer(
        _ status: String, _ sentence: String, isHead: Bool = false, more: String = ""
    ) -> [UInt8] {
        answer(status, type: "text/plain; charset=utf-8", Array((sentence + "\n").utf8), isHead: isHead, more: more)
    }

    private static func answer(
        _ status: String, type: String, _ content: [UInt8], isHead: Bool, more: String = ""
    ) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(content.count)\r\n\(more)"
            + "connection: close\r\ncache-control: no-store\r\n\r\n"
        return Array(head.utf8) + (isHead ? [] : content)
    }
}
