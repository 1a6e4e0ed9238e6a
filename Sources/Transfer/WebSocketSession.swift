/// The client's side of one WebSocket, from handshake to end, without any input or output of its own.
///
///     handshaking --101--> open --close sent--> closing --close received--> draining --connection ended--> ended
///                            \--close received, or a violation: close sent--^
///
/// A client waits for the server to end the connection (RFC 6455 section 7.1.1), so that its own close frame arrives.
struct WebSocketSession {
    enum Phase: Equatable {
        case handshaking, open, closing, draining, ended
    }

    enum Delivery: Equatable {
        case opened
        case messages([WebSocketMessage])
        case pong([UInt8])
    }

    /// Pings are left unanswered while this much waits to be sent (RFC 6455 section 5.5.3 asks only for the last one).
    static let maximumBytesBeforePong = 64 * 1024
    /// A caller that has sent this much more than the server took loses the connection.
    static let maximumPendingBytes = 64 << 20

    private let handshake: WebSocketHandshake
    private let maskingKey: () -> UInt32
    private var answer: [UInt8] = []
    private var decoder: WebSocketDecoder
    private var inputs: [WebSocketDecoder.Input] = []

    private(set) var phase = Phase.handshaking
    /// What waits to be sent.
    var output = SendQueue()
    /// How the WebSocket ended or will end, once that is known.
    private(set) var outcome: Result<WebSocketClosure, TransferError>?

    init(_ handshake: WebSocketHandshake, maximumMessageBytes: Int, maskingKey: @escaping () -> UInt32) {
        self.handshake = handshake
        self.maskingKey = maskingKey
        decoder = WebSocketDecoder(maximumMessageBytes: maximumMessageBytes)
        output.append(handshake.requestBytes)
    }

    /// Takes bytes of the server and hands over what they complete.
    mutating func receive(_ bytes: [UInt8], _ deliver: (Delivery) -> Void) {
        switch phase {
        case .handshaking: receiveAnswer(bytes, deliver)
        case .open, .closing: receiveFrames(bytes, deliver)
        case .draining, .ended: break
        }
    }

    /// Queues what the caller sends; what comes before the handshake is done or after a close is dropped.
    mutating func send(_ content: WebSocketContent) {
        guard phase == .open else { return }
        switch content {
        case .text(let bytes): append(.text, bytes)
        case .binary(let bytes): append(.binary, bytes)
        case .ping(let bytes):
            precondition(bytes.count <= WebSocketFrameHeader.maximumControlBytes, "a ping of at most 125 bytes")
            append(.ping, bytes)
        case .close(let code, let reason):
            precondition(WebSocketCloseCode.maySend(code), "a close code that may be sent")
            append(.close, WebSocketEncoder.closePayload(code: code, reason: reason))
            phase = .closing
        }
        if output.count > Self.maximumPendingBytes { end(.connectionLost("the server does not take what is sent")) }
    }

    /// No connection could be made: why.
    mutating func connectionFailed(_ error: TransferError) {
        end(error)
    }

    /// The connection is at its end, or broken: the reason.
    mutating func connectionEnded(_ reason: String) {
        switch phase {
        case .handshaking: end(.webSocketHandshake("the server ended the connection: \(reason)"))
        case .open, .closing: end(.connectionLost(reason))
        case .draining, .ended: phase = .ended
        }
    }

    /// The server took too long for the handshake, or to close.
    mutating func timeOut() {
        switch phase {
        case .handshaking: end(.timedOut("the WebSocket handshake"))
        case .open: break
        case .closing: end(.timedOut("the answer to a WebSocket close"))
        case .draining, .ended: phase = .ended
        }
    }

    private mutating func end(_ error: TransferError) {
        outcome = .failure(error)
        phase = .ended
    }

    private mutating func receiveAnswer(_ bytes: [UInt8], _ deliver: (Delivery) -> Void) {
        let searched = max(0, answer.count - 3)
        answer.append(contentsOf: bytes)
        guard let end = Self.endOfHead(answer, from: searched) else {
            if answer.count > WebSocketHandshake.maximumAnswerBytes {
                self.end(.webSocketHandshake("its head is longer than \(WebSocketHandshake.maximumAnswerBytes) bytes"))
            }
            return
        }
        do throws(TransferError) {
            try handshake.check(answer: answer[..<end])
        } catch {
            self.end(error)
            return
        }
        let frames = Array(answer[(end + 4)...])
        answer = []
        phase = .open
        deliver(.opened)
        receiveFrames(frames, deliver)
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        guard start <= bytes.count - 4 else { return nil }
        return (start...bytes.count - 4).first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
    }

    private mutating func receiveFrames(_ bytes: [UInt8], _ deliver: (Delivery) -> Void) {
        var violation: TransferError?
        do throws(TransferError) {
            try decoder.receive(bytes, to: &inputs)
        } catch {
            violation = error
        }
        takeInputs(deliver)
        guard let violation else { return }
        outcome = .failure(violation)
        if phase == .open, case .webSocketViolation(let code, _) = violation {
            append(.close, WebSocketEncoder.closePayload(code: code, reason: ""))
        }
        phase = .draining
    }

    /// Hands over what was decoded, messages that follow one another together.
    private mutating func takeInputs(_ deliver: (Delivery) -> Void) {
        var messages: [WebSocketMessage] = []
        for input in inputs {
            if case .message(let message) = input {
                messages.append(message)
                continue
            }
            if !messages.isEmpty { deliver(.messages(messages)) }
            messages = []
            take(input, deliver)
        }
        if !messages.isEmpty { deliver(.messages(messages)) }
        inputs.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ input: WebSocketDecoder.Input, _ deliver: (Delivery) -> Void) {
        switch input {
        case .message(let message): deliver(.messages([message]))
        case .pong(let bytes): deliver(.pong(bytes))
        case .ping(let bytes):
            if phase == .open, output.count <= Self.maximumBytesBeforePong { append(.pong, bytes) }
        case .close(let closure):
            if phase == .open {
                let hasCode = closure.code != WebSocketClosure.noCode
                append(.close, hasCode ? WebSocketEncoder.closePayload(code: closure.code, reason: "") : [])
            }
            outcome = .success(closure)
            phase = .draining
        }
    }

    private mutating func append(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        output.append { WebSocketEncoder.append(opcode, payload, maskingKey: maskingKey(), to: &$0) }
    }
}
