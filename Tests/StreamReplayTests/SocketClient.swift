#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A blocking TCP connection to the server under test; gives up after 30 s of silence.
final class SocketClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var taken = 0

    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket") }
        if var size = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "cannot connect to port \(port)") }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "cannot send") }
            sent += count
        }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Exactly so many bytes.
    func read(_ count: Int) throws -> [UInt8] {
        while received.count - taken < count { try receive() }
        defer { taken += count }
        return Array(received[taken..<taken + count])
    }

    /// The bytes up to CR LF, without it.
    func readLine() throws -> String {
        var end = taken
        while true {
            while end + 1 >= received.count {
                let consumed = taken
                try receive()
                end -= consumed - taken
            }
            if received[end] == 13 && received[end + 1] == 10 { break }
            end += 1
        }
        defer { taken = end + 2 }
        return String(decoding: received[taken..<end], as: UTF8.self)
    }

    /// Whether the server has closed the connection and nothing more is to be read.
    func isAtEnd() throws -> Bool {
        guard taken == received.count else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes, count, flags)
        #else
            Darwin.send(descriptor, bytes, count, flags)
        #endif
    }

    private func receive() throws {
        if taken > 1 << 16 {
            received.removeFirst(taken)
            taken = 0
        }
        var space = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &space, space.count, 0)
        guard count > 0 else {
            throw Failure(description: count == 0 ? "the server has closed" : "the server is silent")
        }
        received += space[..<count]
    }
}
