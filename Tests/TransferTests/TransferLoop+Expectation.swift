import Testing

@testable import Transfer

extension TransferLoop {
    /// Waits until an event is the one wanted and returns all up to it; records an issue after ten seconds.
    func events(
        until isWanted: (TransferEvent) -> Bool, also descriptors: [Int32] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [TransferEvent] {
        let limit = MonotonicClock.now + .seconds(10)
        var all: [TransferEvent] = []
        while MonotonicClock.now < limit {
            all += try wait(timeout: limit - MonotonicClock.now, also: descriptors)
            if all.contains(where: isWanted) { return all }
        }
        Issue.record("the event did not come, but: \(all)", sourceLocation: sourceLocation)
        return all
    }

    /// Waits for the end of a request.
    func result(
        of identifier: TransferIdentifier, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Result<HTTPResponse, TransferError> {
        var found: Result<HTTPResponse, TransferError>?
        _ = try events(
            until: { event in
                if case .response(identifier, let result) = event { found = result }
                return found != nil
            }, sourceLocation: sourceLocation)
        return try #require(found, sourceLocation: sourceLocation)
    }

    /// Waits for the end of a WebSocket and returns its messages and how it ended.
    func end(
        of identifier: TransferIdentifier, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (messages: [[UInt8]], outcome: Result<WebSocketClosure, TransferError>) {
        var found: Result<WebSocketClosure, TransferError>?
        let events = try events(
            until: { event in
                if case .webSocketClosed(identifier, let result) = event { found = result }
                return found != nil
            }, sourceLocation: sourceLocation)
        return (events.messages(of: identifier), try #require(found, sourceLocation: sourceLocation))
    }

    /// Opens a WebSocket and waits until it is open.
    func openedWebSocket(
        _ request: WebSocketRequest, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (identifier: TransferIdentifier, messages: [[UInt8]]) {
        let identifier = openWebSocket(request)
        let events = try events(
            until: { if case .webSocketOpened(identifier) = $0 { true } else { false } }, sourceLocation: sourceLocation
        )
        return (identifier, events.messages(of: identifier))
    }
}

extension [TransferEvent] {
    func messages(of identifier: TransferIdentifier) -> [[UInt8]] {
        flatMap { event -> [[UInt8]] in
            guard case .webSocketMessages(identifier, let messages) = event else { return [] }
            return messages.map { [UInt8]($0.bytes) }
        }
    }

    func bodyBytes(of identifier: TransferIdentifier) -> [UInt8] {
        flatMap { if case .body(identifier, let bytes) = $0 { bytes } else { [UInt8]() } }
    }
    func bodyByteCount(of identifier: TransferIdentifier) -> Int {
        reduce(0) { if case .body(identifier, let bytes) = $1 { $0 + bytes.count } else { $0 } }
    }
}
