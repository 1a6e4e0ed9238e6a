/// Reads what a server sends after the handshake (RFC 6455 section 5), in pieces of any size.
///
/// A message that lies in one piece as a whole is a slice of that piece, which costs no copy and no memory of its own; one
/// that does not is put together. Text is checked as it comes, so that a wrong byte is found before its frame is complete.
struct WebSocketDecoder {
    enum Input: Equatable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClosure)
    }

    /// A length that is announced is believed, and memory asked for, up to here.
    private static let maximumReservedBytes = 64 * 1024

    private let maximumMessageBytes: Int
    /// The bytes of a header that is not complete.
    private var header: [UInt8] = []
    private var frame: WebSocketFrameHeader?
    /// The payload bytes that `frame` still lacks.
    private var missing = 0
    /// The kind of the message begun, until its last fragment is complete.
    private var kind: WebSocketMessageKind?
    private var message: [UInt8] = []
    private var validator = UTF8Validator()
    private var control: [UInt8] = []
    /// Nothing counts after a close frame.
    private(set) var isClosed = false

    init(maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Takes the next bytes and appends to `inputs` what they complete, also when it then throws.
    mutating func receive(_ bytes: [UInt8], to inputs: inout [Input]) throws(TransferError) {
        var offset = 0
        while !isClosed {
            if frame == nil {
                guard let next = try readHeader(bytes, from: &offset) else { return }
                try begin(next)
            }
            guard let frame else { return }
            let payload = bytes[offset..<min(offset + missing, bytes.count)]
            offset = payload.endIndex
            missing -= payload.count
            if frame.opcode.isControl {
                try take(control: payload, frame.opcode, to: &inputs)
            } else {
                try take(data: payload, isLast: frame.isFinal && missing == 0, to: &inputs)
            }
            guard missing == 0 else { return }
            self.frame = nil
        }
    }

    private mutating func readHeader(
        _ bytes: [UInt8], from offset: inout Int
    ) throws(TransferError) -> WebSocketFrameHeader? {
        let parsed = bytes.withUnsafeBytes { WebSocketFrameHeader.parse($0, from: offset) }
        if header.isEmpty, let (found, count) = try Self.complete(parsed) {
            offset += count
            return found
        }
        while offset < bytes.count {
            header.append(bytes[offset])
            offset += 1
            let parsed = header.withUnsafeBytes { WebSocketFrameHeader.parse($0, from: 0) }
            if let (found, _) = try Self.complete(parsed) {
                header.removeAll(keepingCapacity: true)
                return found
            }
        }
        return nil
    }

    private static func complete(
        _ parsed: WebSocketFrameHeader.Parsed
    ) throws(TransferError) -> (header: WebSocketFrameHeader, byteCount: Int)? {
        switch parsed {
        case .incomplete: return nil
        case .complete(let header, let byteCount): return (header, byteCount)
        case .violation(let reason): throw .webSocketViolation(closeCode: WebSocketCloseCode.protocolError, reason)
        }
    }

    private mutating func begin(_ next: WebSocketFrameHeader) throws(TransferError) {
        switch next.opcode {
        case .continuation:
            if kind == nil { throw violation("a continuation frame continues nothing") }
        case .text, .binary:
            if kind != nil { throw violation("a message begins inside another") }
            kind = next.opcode == .text ? .text : .binary
        case .close, .ping, .pong:
            control.removeAll(keepingCapacity: true)
        }
        if !next.opcode.isControl {
            guard next.payloadCount <= maximumMessageBytes - message.count else {
                throw .webSocketViolation(
                    closeCode: WebSocketCloseCode.tooLarge, "a message is longer than \(maximumMessageBytes) bytes")
            }
        }
        frame = next
        missing = next.payloadCount
    }

    private mutating func take(
        data payload: ArraySlice<UInt8>, isLast: Bool, to inputs: inout [Input]
    ) throws(TransferError) {
        guard let kind else { return }
        if kind == .text {
            let isText = payload.withUnsafeBytes { validator.accepts($0) }
            guard isText, !isLast || validator.isComplete else {
                throw .webSocketViolation(closeCode: WebSocketCloseCode.invalidPayload, "a text is not UTF-8")
            }
        }
        guard isLast else {
            if message.isEmpty { message.reserveCapacity(min(payload.count + missing, Self.maximumReservedBytes)) }
            message += payload
            return
        }
        let whole = message.isEmpty ? payload : (message + payload)[...]
        inputs.append(.message(WebSocketMessage(kind: kind, bytes: whole)))
        self.kind = nil
        message = []
    }

    private mutating func take(
        control payload: ArraySlice<UInt8>, _ opcode: WebSocketOpcode, to inputs: inout [Input]
    ) throws(TransferError) {
        control += payload
        guard missing == 0 else { return }
        switch opcode {
        case .ping: inputs.append(.ping(control))
        case .pong: inputs.append(.pong(control))
        default:
            inputs.append(.close(try Self.closure(control)))
            isClosed = true
        }
    }

    private func violation(_ reason: String) -> TransferError {
        .webSocketViolation(closeCode: WebSocketCloseCode.protocolError, reason)
    }

    /// Reads the payload of a close frame: nothing, or a code and a reason.
    private static func closure(_ payload: [UInt8]) throws(TransferError) -> WebSocketClosure {
        if payload.isEmpty { return WebSocketClosure() }
        guard payload.count >= 2 else {
            throw .webSocketViolation(closeCode: WebSocketCloseCode.protocolError, "a close frame of one byte")
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard WebSocketCloseCode.maySend(code) else {
            throw .webSocketViolation(
                closeCode: WebSocketCloseCode.protocolError, "close code \(code) must not be sent")
        }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw .webSocketViolation(closeCode: WebSocketCloseCode.invalidPayload, "a close reason is not UTF-8")
        }
        return WebSocketClosure(code: code, reason: reason)
    }
}
