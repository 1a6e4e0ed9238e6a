/// Reads what a server sends after the handshake (RFC 6455 section 5), in pieces of any size.
///
/// Payloads are copied once, into one block for all messages that a piece completes, of which each message is a slice: so
/// memory is asked for once a piece and not once a message. Text is checked as it comes, so that a wrong byte is found
/// before its frame is complete.
struct WebSocketDecoder {
    enum Input: Equatable {
        case message(WebSocketMessageKind, ArraySlice<UInt8>)
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClosure)
    }

    private let maximumMessageBytes: Int
    /// The bytes of a header that is not complete.
    private var header: [UInt8] = []
    private var frame: WebSocketFrameHeader?
    /// The payload bytes that `frame` still lacks.
    private var missing = 0
    /// The kind of the message begun, until its last fragment is complete.
    private var kind: WebSocketMessageKind?
    /// The payloads of the messages that are complete and not handed over yet, then that of the message begun.
    private var block: [UInt8] = []
    /// Where in `block` the message begun begins.
    private var messageStart = 0
    /// What is complete and not handed over yet.
    private var parts: [Part] = []
    private var validator = UTF8Validator()
    private var control: [UInt8] = []
    /// Nothing counts after a close frame.
    private(set) var isClosed = false

    private enum Part {
        case message(WebSocketMessageKind, Range<Int>)
        case control(Input)
    }

    init(maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Takes the next bytes and appends to `inputs` what they complete, also when it then throws.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, to inputs: inout [Input]) throws(TransferError) {
        defer { handOver(to: &inputs) }
        var offset = 0
        while !isClosed {
            if frame == nil {
                guard let next = try readHeader(bytes, from: &offset) else { return }
                try begin(next)
            }
            let count = min(missing, bytes.count - offset)
            if count > 0 {
                try take(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
                offset += count
                missing -= count
            }
            guard missing == 0 else { return }
            try finishFrame()
        }
    }

    private mutating func handOver(to inputs: inout [Input]) {
        guard !parts.isEmpty else { return }
        let whole = block
        // The next piece brings about as much.
        block = []
        block.reserveCapacity(whole.count)
        block += whole[messageStart...]
        messageStart = 0
        for part in parts {
            switch part {
            case .message(let kind, let range): inputs.append(.message(kind, whole[range]))
            case .control(let input): inputs.append(input)
            }
        }
        parts.removeAll(keepingCapacity: true)
    }

    private mutating func readHeader(
        _ bytes: UnsafeRawBufferPointer, from offset: inout Int
    ) throws(TransferError) -> WebSocketFrameHeader? {
        if header.isEmpty, let (found, count) = try Self.complete(WebSocketFrameHeader.parse(bytes, from: offset)) {
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
            guard next.payloadCount <= maximumMessageBytes - (block.count - messageStart) else {
                throw .webSocketViolation(
                    closeCode: WebSocketCloseCode.tooLarge, "a message is longer than \(maximumMessageBytes) bytes")
            }
        }
        frame = next
        missing = next.payloadCount
    }

    private mutating func take(_ payload: UnsafeRawBufferPointer) throws(TransferError) {
        if frame?.opcode.isControl == true {
            control.append(contentsOf: payload)
            return
        }
        block.append(contentsOf: payload)
        if kind == .text, !validator.accepts(payload) { throw Self.invalidText }
    }

    private mutating func finishFrame() throws(TransferError) {
        guard let finished = frame else { return }
        frame = nil
        switch finished.opcode {
        case .ping: parts.append(.control(.ping(control)))
        case .pong: parts.append(.control(.pong(control)))
        case .close:
            parts.append(.control(.close(try Self.closure(control))))
            isClosed = true
        case .continuation, .text, .binary:
            guard finished.isFinal, let kind else { return }
            guard kind == .binary || validator.isComplete else { throw Self.invalidText }
            parts.append(.message(kind, messageStart..<block.count))
            self.kind = nil
            messageStart = block.count
        }
    }

    private func violation(_ reason: String) -> TransferError {
        .webSocketViolation(closeCode: WebSocketCloseCode.protocolError, reason)
    }

    private static var invalidText: TransferError {
        .webSocketViolation(closeCode: WebSocketCloseCode.invalidPayload, "a text is not UTF-8")
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
