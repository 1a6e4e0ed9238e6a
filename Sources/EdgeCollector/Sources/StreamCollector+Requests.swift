import StreamDefinition
import Transfer

/// What is asked of a source, and how an answer of server-sent events is taken.
extension StreamCollector {
    /// Begins to connect to the source, which tells what came after `since` where it can begin anywhere.
    func open(since: Int64?, at moment: Moment) -> TransferIdentifier {
        switch stream.plan.source.transport {
        case .websocket:
            return transfers.openWebSocket(WebSocketRequest(url: stream.url, connection: connection(at: moment)))
        case .http:
            if let since { return transfers.beginStreaming(request(since: since, at: moment)) }
            return transfers.beginStreaming(
                HTTPRequest(url: stream.url, connection: connection(at: moment), totalTimeout: nil))
        case .sse:
            return transfers.beginStreaming(eventStreamRequest(since: since, at: moment))
        case .file:
            preconditionFailure("files have a collector of their own")
        }
    }

    private func connection(at moment: Moment) -> ConnectionOptions {
        ConnectionOptions(
            trust: stream.authority.map { .authority(file: $0) } ?? .systemAuthorities, proxy: stream.proxy,
            certificateMilliseconds: moment.certificateMilliseconds)
    }

    /// Asks for all after `since`, a little earlier for good measure.
    func request(since: Int64, at moment: Moment) -> HTTPRequest {
        guard let resume = stream.resume else { preconditionFailure("only a source that can resume is asked to") }
        let separator = resume.url.contains("?") ? "&" : "?"
        let from = stream.plan.unit.time(
            ofMilliseconds: max(since, Self.overlapMilliseconds) - Self.overlapMilliseconds)
        return HTTPRequest(
            url: "\(resume.url)\(separator)\(resume.parameter)=\(from)", connection: connection(at: moment),
            totalTimeout: nil)
    }

    /// Asks for what came after the last identifier that is stored. Without one, what was missed is lost.
    private func eventStreamRequest(since: Int64?, at moment: Moment) -> HTTPRequest {
        let last = spool.position(of: stream.name)?.mark
        linkEvents = EventStreamParser(identifier: last)
        if last == nil, let since { declareMissing(from: since, at: moment) }
        let headers = [HTTPHeader("Accept", "text/event-stream"), HTTPHeader("Cache-Control", "no-store")]
        let resume = last.map { [HTTPHeader("Last-Event-ID", $0)] } ?? []
        return HTTPRequest(
            url: stream.url, headers: headers + resume, connection: connection(at: moment), totalTimeout: nil)
    }

    /// Why an answer is no stream of server-sent events; nil where it is, or another transport.
    func wrongType(_ response: HTTPResponse) -> String? {
        guard stream.plan.source.transport == .sse else { return nil }
        let type = response.header("content-type") ?? "nothing"
        return type.lowercased().hasPrefix("text/event-stream") ? nil : "the server answered with \(type)"
    }

    /// Records an event of the stream; the line feeds between its lines of data, which JSON takes for blanks, become some.
    func received(_ message: EventStreamParser.Message, at moment: Moment) throws {
        let data = message.data.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
        let position = message.identifier.map { SourcePosition(offset: 0, mark: $0) }
        if let position { spool.expect(position, in: stream.name) }
        try data.withUnsafeBytes { try received($0, at: moment) }
        if let position { spool.reach(position, in: stream.name, at: moment) }
    }
}
