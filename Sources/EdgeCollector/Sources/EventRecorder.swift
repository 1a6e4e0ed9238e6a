import BatchFormat
import Glibc
import JSON
import StreamDefinition

/// Takes the messages of one stream as they come off the wire: checks, scores and spools each.
final class EventRecorder {
    private let stream: String
    private let time: JSONPath
    private let unit: TimeUnit
    private let parser: JSONParser
    private let spool: Spool
    private let batch: OpenBatch
    private let scorer: Scorer
    private let prefix: EventFeed.Prefix

    /// Where scored events are sent as they come; nil for nowhere.
    var feed: EventFeed?

    init(_ plan: StreamPlan, spool: Spool, scorer: Scorer) throws(JSONError) {
        (stream, time, unit) = (plan.name, plan.time, plan.unit)
        self.spool = spool
        batch = spool.batch(of: stream)
        self.scorer = scorer
        prefix = EventFeed.Prefix(stream: stream)
        parser = try JSONParser()
    }

    /// Records one message and returns the time it says, in milliseconds since 1970; nil where it says none. A line end
    /// behind it belongs to the transport; a message of nothing else is none.
    ///
    /// One that is no single line of at most 64 KiB is put aside. One that is no JSON document is kept as it is and
    /// counted: what it meant may be found out later.
    @discardableResult
    func record(_ message: UnsafeRawBufferPointer, at moment: Moment) throws -> Int64? {
        let line = Self.withoutLineEnd(message)
        guard !line.isEmpty else { return nil }
        if line.count > BatchLimits.maximumLineBytes {
            spool.setAside(line, of: stream, reason: "oversized", at: moment)
            return nil
        }
        if let start = line.baseAddress, memchr(start, Int32(EventLines.lineFeed), line.count) != nil {
            spool.setAside(line, of: stream, reason: "line-feed", at: moment)
            return nil
        }
        var milliseconds: Int64?
        var score: Double?
        var isMalformed = false
        do {
            try parser.parse(line.assumingMemoryBound(to: UInt8.self)) { event in
                score = scorer.score(event)
                milliseconds = event[time]?.integer.flatMap(unit.milliseconds)
            }
        } catch {
            isMalformed = true
        }
        try spool.append(line, to: batch, time: milliseconds, isMalformed: isMalformed, at: moment)
        if !isMalformed, let feed, feed.isWanted {
            feed.publish(line, of: prefix, score: score, model: scorer.version)
        }
        return milliseconds
    }

    /// The message without the line feed, and carriage return before it, that may end it.
    static func withoutLineEnd(_ message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var count = message.count
        if count > 0, message[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        if count > 0, message[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        return UnsafeRawBufferPointer(rebasing: message[..<count])
    }
}
