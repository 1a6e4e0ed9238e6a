/// One generated message about a comment on an event, in a few words.
struct Comment: Sendable {
    var identifier: Int64
    var member: UInt32
    var group: UInt32
    /// Which of its group's events, counted along its calendar.
    var occurrence: UInt32
    /// The comment that this one answers.
    var inReplyTo: Int64?
    /// Which text of the vocabulary it has.
    var words: UInt8
    var isDeleted: Bool
    /// When it was written or deleted, milliseconds since 1970.
    var mtime: Int64
}
