import HTTPTypes
import Hummingbird

/// Snapshots as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
enum ServerSentEvents {
    /// An answer that goes on until the frames end or the viewer is gone.
    static func response(_ frames: AsyncStream<LiveFeed.Frame>, lastIdentifier: Int64?) -> Response {
        let body = ResponseBody { writer in
            var last = lastIdentifier
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            for await frame in frames {
                try await writer.write(frame.identifier == last ? keepAlive : event(frame))
                last = frame.identifier
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// A comment, which no viewer sees.
    private static let keepAlive = ByteBuffer(string: ": nothing changed\n\n")

    /// The JSON has no line feed, so that it is one line of data.
    private static func event(_ frame: LiveFeed.Frame) -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(frame.identifier)\ndata: ")
        buffer.writeBytes(frame.json)
        buffer.writeString("\n\n")
        return buffer
    }
}
