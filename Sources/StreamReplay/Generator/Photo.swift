/// One generated message about a photo, in a few words.
struct Photo: Sendable {
    var identifier: Int64
    var member: UInt32
    var group: UInt32
    /// Which of its group's events the album is of; nil for the group's own album.
    var occurrence: UInt32?
    /// Which caption of the vocabulary it has; nil for none.
    var caption: UInt8?
    /// When it was uploaded, milliseconds since 1970.
    var created: Int64
    /// When it was last changed, milliseconds since 1970.
    var mtime: Int64
}
