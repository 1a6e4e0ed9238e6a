import Cryptography
import Foundation

/// A server on this machine that answers each request as its handler says: HTTP/1.1, and WebSockets to write to.
final class TestServer: @unchecked Sendable {
    struct Request: Sendable {
        var method = ""
        var path = ""
        var query = ""
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    enum Reply: Sendable {
        /// An answer with its length.
        case answer(Int, headers: [String: String] = [:], body: [UInt8] = [])
        /// An answer in chunks, a line each, and then its end.
        case lines([String])
        /// A WebSocket that sends these texts, and is then left open, or cut.
        case webSocket([String], cut: Bool = false)
        /// The connection is closed without a word.
        case drop
    }

    let port: Int
    private let listener: Int32
    private let lock = NSLock()
    private let handler: @Sendable (Request) -> Reply
    private var open: Set<Int32> = []
    private var isStopped = false

    init(_ handler: @escaping @Sendable (Request) -> Reply) throws {
        self.handler = handler
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { self.acceptAll() }
    }

    /// Closes the listener and every connection.
    func stop() {
        lock.withLock {
            isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0, lock.withLock({ !isStopped && open.insert(connection).inserted }) else {
                close(connection >= 0 ? connection : listener)
                if connection >= 0 { close(listener) }
                return
            }
            Thread.detachNewThread {
                self.serve(connection)
                _ = self.lock.withLock { self.open.remove(connection) }
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32) {
        var buffer: [UInt8] = []
        while let request = Self.read(connection, &buffer) {
            switch handler(request) {
            case .drop: return
            case .answer(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Answer\r\ncontent-length: \(status == 204 ? 0 : body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                guard Self.write(connection, Array((head + "\r\n").utf8) + body) else { return }
            case .lines(let lines):
                var text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                for line in lines { text += "\(String(line.utf8.count + 1, radix: 16))\r\n\(line)\n\r\n" }
                guard Self.write(connection, Array((text + "0\r\n\r\n").utf8)) else { return }
            case .webSocket(let texts, let cut):
                let key = (request.headers["sec-websocket-key"] ?? "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                let accept = Base64.encode(SHA1.digest(Array(key.utf8)))
                let head = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                guard Self.write(connection, Array((head + "sec-websocket-accept: \(accept)\r\n\r\n").utf8)) else {
                    return
                }
                for text in texts { _ = Self.write(connection, Self.frame(text)) }
                if cut { return }
                while Self.fill(connection, &buffer) { buffer = [] }
                return
            }
        }
    }

    private static func frame(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        precondition(payload.count < 65_536)
        let length: [UInt8] =
            payload.count < 126 ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        return [0x81] + length + payload
    }

    private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        var end: Int?
        while end == nil {
            end = String(decoding: buffer, as: UTF8.self).range(of: "\r\n\r\n").map { _ in
                buffer.indices.first { buffer[$0...].starts(with: Array("\r\n\r\n".utf8)) } ?? 0
            }
            if end == nil, !fill(connection, &buffer) { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        buffer.removeFirst(end + 4)
        var request = Request()
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        request.method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1)
        request.path = String(target[0])
        request.query = target.count > 1 ? String(target[1]) : ""
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            request.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let count = Int(request.headers["content-length"] ?? "") ?? 0
        while buffer.count < count { if !fill(connection, &buffer) { return nil } }
        request.body = Array(buffer[..<count])
        buffer.removeFirst(count)
        return request
    }

    private static func fill(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &chunk, chunk.count, 0)
        if count > 0 { buffer += chunk[..<count] }
        return count > 0
    }

    private static func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
