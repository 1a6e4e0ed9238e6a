import Foundation
import Glibc
import Synchronization

/// An HTTP server on loopback that answers as a closure says, one request a connection.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method, target: String
        let headers: [String: String]
        let body: [UInt8]
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [String] = []
        var body: [UInt8] = []
        /// So many bytes of the body are sent before the connection breaks; nil for all.
        var cut: Int?
    }

    let port: UInt16
    private let listener: Int32
    private let seen = Mutex<[Request]>([])

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { seen.withLock { $0 } }

    /// - Parameter answer: told the request and how many came before; nil breaks the connection without an answer.
    init(_ answer: @escaping @Sendable (Request, Int) -> Answer?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let seen = { @Sendable [weak self] (request: Request) -> Int in
            self?.seen.withLock {
                $0.append(request); return $0.count - 1
            } ?? 0
        }
        Thread.detachNewThread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Self.serve(connection) { answer($0, seen($0)) }
                close(connection)
            }
            // Not before this thread has done with it: the number may be another server's at once.
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func serve(_ connection: Int32, _ answer: (Request) -> Answer?) {
        var bytes: [UInt8] = []
        func read() -> Bool {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &chunk, chunk.count, 0)
            if count > 0 { bytes += chunk[..<count] }
            return count > 0
        }
        let end = Array("\r\n\r\n".utf8)
        while bytes.firstRange(of: end) == nil { guard read() else { return } }
        guard let head = bytes.firstRange(of: end) else { return }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        while bytes.count < head.upperBound + length { guard read() else { return } }
        let words = lines[0].split(separator: " ").map(String.init)
        let request = Request(
            method: words[0], target: words[1], headers: headers, body: Array(bytes[head.upperBound...]))
        guard let answer = answer(request) else { return }
        var text = "HTTP/1.1 \(answer.status) Word\r\nContent-Length: \(answer.body.count)\r\nConnection: close\r\n"
        for header in answer.headers { text += header + "\r\n" }
        send(connection, Array((text + "\r\n").utf8) + answer.body.prefix(answer.cut ?? .max))
    }

    private static func send(_ connection: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
