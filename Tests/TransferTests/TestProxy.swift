import Glibc
import Synchronization

/// A proxy on this machine: HTTP (`CONNECT`, and requests with a whole address) or SOCKS5 with names resolved by it.
final class TestProxy: Sendable {
    enum Kind: Sendable { case http, socks5 }

    private let server: LocalServer
    private let log: Log

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// What was asked for, in order: `CONNECT HOST:PORT`, or the first line of a request.
    var requests: [String] { log.lines.withLock { $0 } }
    var port: Int { server.port }

    /// - Parameter refuses: it answers that it will not.
    init(_ kind: Kind, refuses: Bool = false) throws {
        let log = Log()
        self.log = log
        server = try LocalServer { client in
            var port = 0
            var first: [UInt8] = []
            switch kind {
            case .http:
                let head = try client.readHead()
                log.lines.withLock { $0.append(head[0]) }
                if refuses { return try client.respond("", status: "403 Forbidden") }
                let words = head[0].split(separator: " ")
                let authority = words[0] == "CONNECT" ? words[1] : words[1].split(separator: "/")[1]
                port = Int(authority.split(separator: ":")[1]) ?? 0
                if words[0] == "CONNECT" {
                    try client.write("HTTP/1.1 200 Connected\r\n\r\n")
                } else {
                    first = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
                }
            case .socks5:
                let methods = try client.read(2)
                _ = try client.read(Int(methods[1]))
                try client.write([5, 0])
                let request = try client.read(4)
                let length = request[3] == 3 ? Int(try client.read(1)[0]) : 4
                let name = try client.read(length)
                port = try client.read(2).reduce(0) { $0 << 8 | Int($1) }
                let host =
                    request[3] == 3
                    ? String(decoding: name, as: UTF8.self) : name.map(String.init).joined(separator: ".")
                log.lines.withLock { $0.append("CONNECT \(host):\(port)") }
                try client.write([5, refuses ? 2 : 0, 0, 1, 127, 0, 0, 1, 0, 0])
                if refuses { return }
            }
            let target = try Self.connect(to: port)
            try target.write(first)
            startThread {
                Self.copy(target, to: client)
                client.endWriting()
            }
            Self.copy(client, to: target)
            target.endWriting()
        }
    }

    private static func connect(to port: Int) throws -> ServerConnection {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = LocalServer.loopback
        address.sin_port = UInt16(port).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw ServerConnection.Ended() }
        return ServerConnection(descriptor)
    }

    private static func copy(_ source: ServerConnection, to target: ServerConnection) {
        do { while true { try target.write(try source.readSome()) } } catch {}
    }
}
