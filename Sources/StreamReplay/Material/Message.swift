/// One message of a replay, whose text can be had as often as it is asked for without being kept.
struct Message {
    /// Where the text comes from.
    enum Content {
        /// A line of a recording, by its number from 0.
        case recorded(Recording, line: Int)
        /// What a writer makes of a few words.
        case rsvp(RSVP, RSVPWriter)
        case photo(Photo, PhotoWriter)
        case comment(Comment, CommentWriter)
    }

    let content: Content
    /// Whether time begins anew here: the first message of a recording or of a repetition.
    let beginsTimeline: Bool

    /// The message's own time, milliseconds since 1970; nil where it has none.
    var mtime: Int64? {
        switch content {
        case .recorded(let recording, let line): recording.lines[line].mtime
        case .rsvp(let rsvp, _): rsvp.mtime
        case .photo(let photo, _): photo.mtime
        case .comment(let comment, _): comment.mtime
        }
    }

    /// Hands over the text, without a line end.
    /// - Parameter scratch: room to write in, reused from message to message.
    func withText<Result>(_ scratch: inout [UInt8], _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        switch content {
        case .recorded(let recording, let number):
            let line = recording.lines[number]
            return try recording.bytes.withUnsafeBufferPointer { bytes in
                try body(UnsafeBufferPointer(rebasing: bytes[line.start..<line.start + line.count]))
            }
        case .rsvp(let rsvp, let writer):
            scratch.removeAll(keepingCapacity: true)
            writer.append(rsvp, to: &scratch)
        case .photo(let photo, let writer):
            scratch.removeAll(keepingCapacity: true)
            writer.append(photo, to: &scratch)
        case .comment(let comment, let writer):
            scratch.removeAll(keepingCapacity: true)
            writer.append(comment, to: &scratch)
        }
        return try scratch.withUnsafeBufferPointer(body)
    }
}
