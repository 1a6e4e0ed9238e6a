/// What a frame is (RFC 6455 section 11.8).
enum WebSocketOpcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Whether frames of this kind may stand between the fragments of a message.
    var isControl: Bool { rawValue >= 8 }
}

/// The head of a frame from a server (RFC 6455 section 5.2).
///
///     byte   content
///     0      FIN (0x80), three reserved bits (0x70), opcode (0x0F)
///     1      MASK (0x80: never from a server), length to 125 (0x7F); 126: two more bytes, 127: eight more, big-endian
///
/// The shortest form of the length is the only one allowed.
struct WebSocketFrameHeader: Equatable {
    /// The longest payload of a control frame.
    static let maximumControlBytes = 125

    let isFinal: Bool
    let opcode: WebSocketOpcode
    let payloadCount: Int

    enum Parsed: Equatable {
        case incomplete
        case complete(WebSocketFrameHeader, byteCount: Int)
        case violation(String)
    }

    /// Reads the header that begins at `offset`; what breaks the protocol is told as soon as its byte is there.
    static func parse(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Parsed {
        let available = bytes.count - offset
        guard available >= 1 else { return .incomplete }
        let first = bytes[offset]
        guard first & 0x70 == 0 else { return .violation("a reserved bit is set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            return .violation("opcode \(first & 0x0F) is reserved")
        }
        let isFinal = first & 0x80 != 0
        guard isFinal || !opcode.isControl else { return .violation("a control frame is fragmented") }
        guard available >= 2 else { return .incomplete }
        let second = bytes[offset + 1]
        guard second & 0x80 == 0 else { return .violation("a frame of the server is masked") }
        guard second <= maximumControlBytes || !opcode.isControl else {
            return .violation("a control frame is longer than \(maximumControlBytes) bytes")
        }
        let extra = second < 126 ? 0 : second == 126 ? 2 : 8
        guard available >= 2 + extra else { return .incomplete }
        let count = (0..<extra).reduce(extra == 0 ? UInt64(second) : 0) { $0 << 8 | UInt64(bytes[offset + 2 + $1]) }
        let least: UInt64 = extra == 0 ? 0 : extra == 2 ? 126 : 65_536
        guard count >= least, let payloadCount = Int(exactly: count) else {
            return .violation("a length of \(count) is written in \(extra) bytes")
        }
        let header = WebSocketFrameHeader(isFinal: isFinal, opcode: opcode, payloadCount: payloadCount)
        return .complete(header, byteCount: 2 + extra)
    }
}
