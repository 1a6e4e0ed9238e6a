import Glibc
import Synchronization
import Testing

/// A server on the loopback interface that runs a handler on a thread of its own for each connection.
final class LocalServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)
    private let handler: @Sendable (ServerConnection) throws -> Void

    /// How many connections came so far.
    var connectionCount: Int { accepted.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }
    var webSocketURL: String { "ws://127.0.0.1:\(port)/2/rsvps" }

    init(_ handler: @escaping @Sendable (ServerConnection) throws -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Small buffers, so that a client's sends are cut into parts.
        var bytes: Int32 = 64 * 1024
        for option in [SO_SNDBUF, SO_RCVBUF] {
            setsockopt(listener, SOL_SOCKET, option, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = Self.loopback
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { [listener] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(bound, "a port to listen on")
        port = Int(UInt16(bigEndian: address.sin_port))
        self.handler = handler
        startThread { [listener, accepted = Weak(self)] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let server = accepted.value else { break }
                server.accepted.withLock { $0 += 1 }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                let connection = ServerConnection(descriptor)
                startThread { [handler = server.handler] in
                    // A handler whose client goes away has nothing left to do.
                    try? handler(connection)
                    connection.close()
                }
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    static var loopback: sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

private struct Weak<Object: AnyObject & Sendable>: Sendable {
    weak let value: Object?

    init(_ value: Object) {
        self.value = value
    }
}

/// Runs `body` on a new thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    precondition(code == 0, "a thread")
    pthread_detach(thread)
}

/// The server's side of one connection, with blocking calls.
final class ServerConnection: @unchecked Sendable {
    struct Ended: Error {}

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    /// Ends the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Ended() }
            sent += count
        }
    }

    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// What has come, at least a byte.
    func readSome() throws -> [UInt8] {
        if buffer.isEmpty { try fill() }
        defer { buffer = [] }
        return buffer
    }

    /// Tells the other side that no more comes.
    func endWriting() {
        if isOpen { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    /// Whether the client has ended its side; waits for that, or for a byte.
    func isAtEnd() -> Bool {
        do {
            if buffer.isEmpty { try fill() }
            return false
        } catch {
            return true
        }
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw Ended() }
        buffer += chunk[..<count]
    }

    /// The head of a request: its lines without line ends.
    func readHead() throws -> [String] {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try read(1) }
        return String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    /// A whole request: head and the body that `Content-Length` announces.
    func readRequest() throws -> (head: [String], body: [UInt8]) {
        let head = try readHead()
        let length = head.first { $0.lowercased().hasPrefix("content-length: ") }
        return (head, try read(length.flatMap { Int($0.dropFirst(16)) } ?? 0))
    }

    func respond(_ body: String, status: String = "200 OK", headers: String = "") throws {
        try write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }
}
