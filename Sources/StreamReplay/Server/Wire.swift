import NIOCore

/// The forms in which a message goes over a connection. What a server sends is not masked, so that the bytes are the
/// same for all clients and are made once (RFC 6455 section 5.2, RFC 9112 section 7.1, WHATWG HTML section 9.2).
enum Wire: Hashable {
    /// A text frame per message.
    case webSocket
    /// A chunk per message: its JSON and a line feed.
    case chunkedHTTP
    /// A server-sent event per message, in a chunk of its own: its number as `id`, its JSON as `data`.
    case eventStream

    /// How long a client of server-sent events waits before it comes again.
    static let retryMilliseconds = 1_000

    /// Why a WebSocket is closed.
    enum CloseCode: UInt16 {
        case normal = 1_000
        case goingAway = 1_001
        case tooSlow = 1_008
    }

    /// Appends one message.
    /// - Parameter number: its place in the stream, counted from 0.
    func append(_ text: UnsafeBufferPointer<UInt8>, number: Int, to buffer: inout ByteBuffer) {
        switch self {
        case .webSocket:
            Self.appendHeader(opcode: 0x1, count: text.count, to: &buffer)
            buffer.writeBytes(UnsafeRawBufferPointer(text))
        case .chunkedHTTP:
            buffer.writeString(String(text.count + 1, radix: 16))
            buffer.writeStaticString("\r\n")
            buffer.writeBytes(UnsafeRawBufferPointer(text))
            buffer.writeStaticString("\n\r\n")
        case .eventStream:
            // A carriage return, which JSON takes for a blank, would end the line.
            let lines = text.split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false)
            let head = "id: \(number)\n"
            let count = head.utf8.count + lines.reduce(1) { $0 + $1.count + 7 }
            buffer.writeString("\(String(count, radix: 16))\r\n\(head)")
            for line in lines {
                buffer.writeStaticString("data: ")
                buffer.writeBytes(line)
                buffer.writeStaticString("\n")
            }
            buffer.writeStaticString("\n\r\n")
        }
    }

    /// What goes out on a connection before the first message.
    var greeting: ByteBuffer? {
        guard self == .eventStream else { return nil }
        let text = ": ok\nretry: \(Self.retryMilliseconds)\n\n"
        return ByteBuffer(string: "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    /// What ends the stream on a connection.
    func ending(_ code: CloseCode) -> ByteBuffer {
        switch self {
        case .webSocket:
            var buffer = ByteBuffer()
            Self.appendHeader(opcode: 0x8, count: 2, to: &buffer)
            buffer.writeInteger(code.rawValue)
            return buffer
        case .chunkedHTTP, .eventStream: return ByteBuffer(staticString: "0\r\n\r\n")
        }
    }

    /// A WebSocket control frame that answers a client's: a pong, or the close of the same reason.
    static func answer(opcode: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        appendHeader(opcode: opcode, count: payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
        return buffer
    }

    private static func appendHeader(opcode: UInt8, count: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | opcode)
        switch count {
        case ..<126: buffer.writeInteger(UInt8(count))
        case ...Int(UInt16.max):
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(count))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(count))
        }
    }
}
