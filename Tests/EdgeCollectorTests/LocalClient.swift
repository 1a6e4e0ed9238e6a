import Foundation
import Testing
import Transfer

@testable import EdgeCollector

/// A program on the same machine, in this one: a socket that never blocks longer than it must.
final class LocalClient {
    let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects to a Unix socket.
    init(path: String) throws {
        let address = try #require(UnixAddress(path))
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
    }

    /// Connects to `HOST:PORT`.
    init(loopback text: String) throws {
        let address = try #require(LoopbackAddress(text))
        descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
    }

    deinit { close(descriptor) }

    func send(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Takes what is there; false at the end of the connection.
    @discardableResult
    func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return count < 0 && errno == EAGAIN }
            received += chunk[..<count]
        }
    }

    /// All that was received.
    var text: String { String(decoding: received, as: UTF8.self) }

    /// The whole lines received.
    var lines: [String] { text.split(separator: "\n").map(String.init) }
}

extension LocalOutputs {
    /// Turns a loop of these outputs alone until `isDone`, at most for half a minute.
    func turn(
        _ transfers: TransferLoop, at moment: Moment, until isDone: () -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let limit = Date(timeIntervalSinceNow: 30)
        while !isDone() {
            try #require(Date() < limit, sourceLocation: sourceLocation)
            for event in try transfers.wait(timeout: .milliseconds(5), also: reading, writing: writing) {
                _ = handle(event, at: moment)
            }
            tick(at: moment, status: "")
        }
    }
}
