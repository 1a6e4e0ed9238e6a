import CCurl

/// All transfers of one thread: HTTP requests and WebSockets over libcurl, which keeps connections open for the next.
///
/// Nothing happens but inside `wait`, and nothing calls back: what happened is what `wait` returns. A loop belongs to
/// one thread; only its `waker` may be used by others.
public final class TransferLoop: Transfers {
    private let multi: MultiHandle
    private var lastNumber: UInt64 = 0
    /// What happened outside of `wait` and is not told yet.
    private var events: [TransferEvent] = []
    private var requests: [TransferIdentifier: HTTPTransfer] = [:]
    private var webSockets: [WebSocketTransfer] = []
    private var owners: [UnsafeMutableRawPointer: TransferIdentifier] = [:]
    private var watched: [curl_waitfd] = []

    /// A loop without transfers.
    public init() throws(TransferError) {
        multi = try MultiHandle()
    }

    deinit {
        for request in requests.values { curl_multi_remove_handle(multi.pointer, request.handle.pointer) }
        for webSocket in webSockets { curl_multi_remove_handle(multi.pointer, webSocket.handle.pointer) }
    }

    /// Wakes this loop up from another thread.
    public var waker: TransferWaker { TransferWaker(multi: multi) }

    /// Makes the next `wait` return at once.
    public func wakeUp() {
        waker.wakeUp()
    }

    /// Begins a request whose answer comes whole, in one `response`.
    public func begin(_ request: HTTPRequest) -> TransferIdentifier {
        begin(request, delivery: .buffered)
    }

    /// Begins a request whose answer comes in pieces as they arrive: `head`, `body`..., `response`.
    public func beginStreaming(_ request: HTTPRequest) -> TransferIdentifier {
        begin(request, delivery: .streamed)
    }

    /// Begins to open a WebSocket.
    public func openWebSocket(_ request: WebSocketRequest) -> TransferIdentifier {
        let identifier = nextIdentifier()
        do throws(TransferError) {
            let webSocket = try WebSocketTransfer(identifier, request)
            try add(webSocket.handle, identifier)
            webSockets.append(webSocket)
        } catch {
            events.append(.webSocketClosed(identifier, .failure(error)))
        }
        return identifier
    }

    /// Sends on a WebSocket. What is sent before it is open, or after it has ended, is lost: its events tell.
    public func send(_ content: WebSocketContent, to identifier: TransferIdentifier) {
        webSockets.first { $0.identifier == identifier }?.send(content, to: &events)
    }

    /// Ends a transfer at once, without another event of it; a WebSocket without a closing handshake.
    public func cancel(_ identifier: TransferIdentifier) {
        if let request = requests.removeValue(forKey: identifier) { remove(request.handle) }
        if let index = webSockets.firstIndex(where: { $0.identifier == identifier }) {
            remove(webSockets.remove(at: index).handle)
        }
        events.removeAll { $0.identifier == identifier }
    }

    /// Lets a request under way send at most so many bytes of its body in a second from now on.
    public func limitSending(_ identifier: TransferIdentifier, bytesPerSecond: Int) throws(TransferError) {
        try requests[identifier]?.handle.set(CURLOPT_MAX_SEND_SPEED_LARGE, large: max(1, bytesPerSecond))
    }

    /// Stops reading a streamed answer or a WebSocket until `resume`: the server has to wait. What was read before may
    /// still come. A WebSocket that is paused does not see its end either.
    public func pause(_ identifier: TransferIdentifier) {
        webSockets.first { $0.identifier == identifier }?.isPaused = true
        guard let request = requests[identifier], request.delivery == .streamed, !request.isPaused else { return }
        request.isPaused = true
        curl_easy_pause(request.handle.pointer, CURLPAUSE_RECV)
    }

    /// Goes on reading after `pause`.
    public func resume(_ identifier: TransferIdentifier) {
        webSockets.first { $0.identifier == identifier }?.isPaused = false
        guard let request = requests[identifier], request.isPaused else { return }
        request.isPaused = false
        curl_easy_pause(request.handle.pointer, CURLPAUSE_CONT)
    }

    /// Waits until something happens, at most `timeout`, and returns what happened, in order.
    ///
    /// Watches the caller's own descriptors too: `descriptors` until there is something to read, those in `writing` until
    /// they take something; one may stand in both. May return earlier with nothing: after `wakeUp`, or when something
    /// went on that is no event yet.
    public func wait(
        timeout: Duration, also descriptors: [Int32] = [], writing: [Int32] = []
    ) throws(TransferError) -> [TransferEvent] {
        let turns = try poll(timeout: timeout, also: descriptors, writing: writing)
        var running: Int32 = 0
        try MultiHandle.check(curl_multi_perform(multi.pointer, &running))
        for request in requests.values where request.delivery == .streamed { request.deliver(to: &events) }
        collectFinished()
        for (webSocket, isReadable) in turns { webSocket.takeTurn(isReadable: isReadable, to: &events) }
        endWebSockets()
        defer { events.removeAll() }
        return events
    }

    /// Waits for sockets and descriptors; returns the WebSockets whose turn it is.
    private func poll(
        timeout: Duration, also descriptors: [Int32], writing: [Int32]
    ) throws(TransferError) -> [(webSocket: WebSocketTransfer, isReadable: Bool)] {
        watched.removeAll(keepingCapacity: true)
        var owners: [WebSocketTransfer] = []
        for webSocket in webSockets {
            guard let interest = webSocket.interest, let socket = webSocket.socket else { continue }
            watched.append(curl_waitfd(fd: socket, events: interest, revents: 0))
            owners.append(webSocket)
        }
        for descriptor in descriptors {
            watched.append(curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0))
        }
        for descriptor in writing {
            watched.append(curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLOUT), revents: 0))
        }
        let milliseconds = Int32(patience(timeout).millisecondsRoundedUp)
        var ready: Int32 = 0
        let code = watched.withUnsafeMutableBufferPointer {
            curl_multi_poll(multi.pointer, $0.baseAddress, UInt32($0.count), milliseconds, &ready)
        }
        try MultiHandle.check(code)
        for descriptor in watched[owners.count...] where descriptor.revents != 0 {
            let isForWriting = descriptor.events == Int16(CURL_WAIT_POLLOUT)
            events.append(isForWriting ? .writable(descriptor.fd) : .readable(descriptor.fd))
        }
        return zip(owners, watched).compactMap { webSocket, entry in
            guard entry.revents != 0 || webSocket.isImpatient else { return nil }
            return (webSocket, entry.revents & Int16(CURL_WAIT_POLLIN) != 0)
        }
    }

    /// How long there is nothing to do unless something comes.
    private func patience(_ timeout: Duration) -> Duration {
        if !events.isEmpty || webSockets.contains(where: \.isImpatient) { return .zero }
        guard let deadline = webSockets.lazy.compactMap(\.deadline).min() else { return timeout }
        return min(timeout, max(.zero, deadline - MonotonicClock.now))
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let identifier = owners[message.pointee.easy_handle] else {
                continue
            }
            let code = shim_message_result(message)
            if let request = requests[identifier] {
                request.deliver(to: &events)
                let result = request.finish(code)
                remove(request.handle)
                requests[identifier] = nil
                events.append(.response(identifier, result))
            } else {
                webSockets.first { $0.identifier == identifier }?.connected(code, to: &events)
            }
        }
    }

    private func endWebSockets() {
        guard !webSockets.isEmpty else { return }
        let now = MonotonicClock.now
        for webSocket in webSockets { webSocket.checkDeadline(now, to: &events) }
        for webSocket in webSockets where webSocket.hasEnded { remove(webSocket.handle) }
        webSockets.removeAll { $0.hasEnded }
    }

    private func begin(_ request: HTTPRequest, delivery: HTTPTransfer.Delivery) -> TransferIdentifier {
        let identifier = nextIdentifier()
        do throws(TransferError) {
            let transfer = try HTTPTransfer(identifier, request, delivery: delivery)
            try add(transfer.handle, identifier)
            requests[identifier] = transfer
        } catch {
            events.append(.response(identifier, .failure(error)))
        }
        return identifier
    }

    private func nextIdentifier() -> TransferIdentifier {
        lastNumber += 1
        return TransferIdentifier(number: lastNumber)
    }

    private func add(_ handle: EasyHandle, _ identifier: TransferIdentifier) throws(TransferError) {
        try MultiHandle.check(curl_multi_add_handle(multi.pointer, handle.pointer))
        owners[handle.pointer] = identifier
    }

    private func remove(_ handle: EasyHandle) {
        owners[handle.pointer] = nil
        curl_multi_remove_handle(multi.pointer, handle.pointer)
    }
}

extension TransferEvent {
    /// The transfer it is about; nil for a caller's descriptor.
    public var identifier: TransferIdentifier? {
        switch self {
        case .response(let identifier, _), .head(let identifier, _), .body(let identifier, _),
            .webSocketOpened(let identifier), .webSocketMessages(let identifier, _),
            .webSocketPong(let identifier, _), .webSocketClosed(let identifier, _):
            identifier
        case .readable, .writable: nil
        }
    }
}
