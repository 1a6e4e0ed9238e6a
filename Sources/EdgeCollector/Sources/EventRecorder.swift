import BatchFormat
import Glibc
import JSON

/// Takes the messages of one stream as they come off the wire: checks, scores and spools each.
final class EventRecorder {
    private let stream: String
    private let time: JSONPath
    private let parser: JSONParser
    private let spool: Spool
    private let batch: OpenBatch
    private let scorer: Scorer
    private let prefix: EventFeed.Prefix

    /// Where scored events are sent as they come; nil for nowhere.
    var feed: EventFeed?

    init(stream: String, time: JSONPath, spool: Spool, scorer: Scorer) throws(JSONError) {
        self.stream = stream
        self.time = time
        self.spool = spool
        batch = spool.batch(of: stream)
        self.scorer = scorer
        prefix = EventFeed.Prefix(stream: stream)
        parser = try JSONParser()
    }

    /// Records one message. A line end behind it belongs to the transport; a message of nothing else is none.
    ///
    /// One that is no single line of at most 64 KiB is put aside. One that is no JSON document is kept as it is and
    /// counted: what it meant may be found out later.
    func record(_ message: UnsafeRawBufferPointer, at moment: Moment) throws {
        let line = Self.withoutLineEnd(message)
        guard !line.isEmpty else { return }
        if line.count > BatchLimits.maximumLineBytes {
            return spool.setAside(line, of: stream, reason: "oversized", at: moment)
        }
        if let start = line.baseAddress, memchr(start, Int32(EventLines.lineFeed), line.count) != nil {
            return spool.setAside(line, of: stream, reason: "line-feed", at: moment)
        }
        var milliseconds: Int64?
        var score: Double?
        var isMalformed = false
        do {
            try parser.parse(line.assumingMemoryBound(to: UInt8.self)) { event in
                score = scorer.score(event)
                milliseconds = event[time]?.integer
            }
        } catch {
            isMalformed = true
        }
        try spool.append(line, to: batch, time: milliseconds, isMalformed: isMalformed, at: moment)
        guard !isMalformed, let feed, feed.isWanted else { return }
        feed.publish(line, of: prefix, score: score, model: scorer.version)
    }

    /// The message without the line feed, and carriage return before it, that may end it.
    static func withoutLineEnd(_ message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var count = message.count
        if count > 0, message[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        if count > 0, message[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        return UnsafeRawBufferPointer(rebasing: message[..<count])
    }
}
