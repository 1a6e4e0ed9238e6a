import CCurl
import Cryptography

/// One WebSocket: a connection that libcurl made and secured, and the session that is spoken on it.
final class WebSocketTransfer {
    /// What is read of one WebSocket before the others have their turn.
    private static let maximumBytesPerTurn = 512 << 10
    /// What is asked of libcurl in one call; messages are slices of it.
    private static let pieceBytes = 64 << 10
    /// What is handed to libcurl in one call: a TLS record.
    private static let flightBytes = 16 * 1024

    let identifier: TransferIdentifier
    let handle: EasyHandle
    private let closeTimeout: Duration
    private var session: WebSocketSession
    /// Bytes given to libcurl. TLS wants the same bytes at the same place when it could not send them at once.
    private let flight: UnsafeMutableRawBufferPointer
    private var flightRange = 0..<0

    /// The socket, once libcurl has connected it.
    private(set) var socket: Int32?
    /// Whether the caller has asked for a stop of the messages.
    var isPaused = false
    /// Whether there may be more to read though the socket is quiet: the turn was over, or TLS holds it.
    private var mayHoldMore = false
    /// Why nothing can be sent any more.
    private var breakage: String?
    /// When the server's time for the handshake is over.
    private let handshakeDeadline: Duration
    /// When the server's time for closing is over, once that has begun.
    private var closeDeadline: Duration?
    private var isEndReported = false

    init(_ identifier: TransferIdentifier, _ request: WebSocketRequest) throws(TransferError) {
        self.identifier = identifier
        closeTimeout = request.closeTimeout
        let handshake = try WebSocketHandshake(request, nonce: SecureRandom.bytes(WebSocketHandshake.nonceByteCount))
        session = WebSocketSession(handshake, maximumMessageBytes: request.maximumMessageBytes) {
            SecureRandom.bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
        }
        handle = try EasyHandle()
        flight = .allocate(byteCount: Self.flightBytes, alignment: 16)
        handshakeDeadline = MonotonicClock.now + request.connection.connectTimeout
        try handle.set(url: handshake.address.connectionURL, request.connection)
        try handle.set(CURLOPT_CONNECT_ONLY, 1)
        // Bounds each `curl_easy_recv`, too.
        try handle.set(CURLOPT_BUFFERSIZE, Self.pieceBytes)
        try handle.set(CURLOPT_FRESH_CONNECT, 1)
        try handle.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        try handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    }

    deinit {
        flight.deallocate()
    }

    /// Whether the WebSocket is over; its last event is then out.
    var hasEnded: Bool { session.phase == .ended }
    /// When the server's time for what it has to do now is over; nil while nothing is expected of it.
    var deadline: Duration? { session.phase == .handshaking ? handshakeDeadline : closeDeadline }
    /// Whether a turn is due though the socket is quiet.
    var isImpatient: Bool { mayHoldMore && !isPaused }
    /// Whether something waits to be sent.
    private var wantsToWrite: Bool { !flightRange.isEmpty || !session.output.isEmpty }

    /// What to watch the socket for, as `CURL_WAIT_...`; nil for not at all.
    var interest: Int16? {
        let events = (isPaused ? 0 : CURL_WAIT_POLLIN) | (wantsToWrite ? CURL_WAIT_POLLOUT : 0)
        return socket == nil || events == 0 ? nil : Int16(events)
    }

    /// libcurl has ended connecting: with a socket, or not at all.
    func connected(_ code: CURLcode, to events: inout [TransferEvent]) {
        var descriptor = curl_socket_t(-1)
        guard code == CURLE_OK, shim_getinfo_socket(handle.pointer, &descriptor) == CURLE_OK, descriptor >= 0 else {
            let error = code == CURLE_OK ? TransferError.connectionLost("the socket is gone") : handle.error(code)
            session.connectionFailed(error)
            settle(to: &events)
            return
        }
        socket = descriptor
        // Until something is sent libcurl takes the connection for an idle one, which it may close: so send at once.
        takeTurn(isReadable: false, to: &events)
    }

    func send(_ content: WebSocketContent, to events: inout [TransferEvent]) {
        session.send(content)
        if socket != nil { takeTurn(isReadable: false, to: &events) }
    }

    /// Reads what there is, sends what waits, and reports.
    func takeTurn(isReadable: Bool, to events: inout [TransferEvent]) {
        guard !hasEnded else { return }
        if !isPaused, isReadable || mayHoldMore { read(to: &events) }
        if !hasEnded { flush() }
        settle(to: &events)
    }

    func checkDeadline(_ now: Duration, to events: inout [TransferEvent]) {
        guard !hasEnded, let deadline, now >= deadline else { return }
        session.timeOut()
        settle(to: &events)
    }

    /// Sets the deadline that the phase asks for, and reports the end.
    private func settle(to events: inout [TransferEvent]) {
        switch session.phase {
        case .handshaking, .open: break
        case .closing, .draining:
            if closeDeadline == nil { closeDeadline = MonotonicClock.now + closeTimeout }
            // What comes now must be read, or the end of the connection is never seen.
            isPaused = false
        case .ended:
            guard !isEndReported else { return }
            isEndReported = true
            let outcome = session.outcome ?? .failure(.connectionLost("no reason known"))
            events.append(.webSocketClosed(identifier, outcome))
        }
    }

    private func read(to events: inout [TransferEvent]) {
        var budget = Self.maximumBytesPerTurn
        mayHoldMore = false
        while budget > 0, !hasEnded {
            var code = CURLE_OK
            let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
                code = curl_easy_recv(handle.pointer, buffer.baseAddress, buffer.count, &count)
            }
            switch code {
            case CURLE_OK where !piece.isEmpty:
                budget -= piece.count
                session.receive(piece) { delivery in
                    switch delivery {
                    case .opened: events.append(.webSocketOpened(identifier))
                    case .messages(let messages): events.append(.webSocketMessages(identifier, messages))
                    case .pong(let bytes): events.append(.webSocketPong(identifier, bytes))
                    }
                }
            case CURLE_OK:
                session.connectionEnded("the server ended it")
                return
            case CURLE_AGAIN:
                if let breakage { session.connectionEnded(breakage) }
                return
            default:
                session.connectionEnded("\(handle.error(code))")
                return
            }
        }
        mayHoldMore = !hasEnded
    }

    private func flush() {
        while true {
            if flightRange.isEmpty { flightRange = 0..<session.output.take(into: flight) }
            if flightRange.isEmpty { return }
            var count = 0
            let bytes = UnsafeRawBufferPointer(rebasing: flight[flightRange])
            switch curl_easy_send(handle.pointer, bytes.baseAddress, bytes.count, &count) {
            case CURLE_OK: flightRange = flightRange.lowerBound + count..<flightRange.upperBound
            case CURLE_AGAIN: return
            case let code:
                // What the server said before the connection broke is still to be read, then it is over.
                breakage = "\(handle.error(code))"
                flightRange = 0..<0
                session.output = SendQueue()
                mayHoldMore = true
                isPaused = false
                return
            }
        }
    }
}
