/// One generated message in a few words; its text is written from these, the same each time it is asked for.
struct RSVP: Sendable {
    /// What a member said.
    enum Response: UInt8, Sendable {
        case yes, no

        var other: Response { self == .yes ? .no : .yes }
    }

    /// The order of the members inside the objects: the service's two generations of servers differ.
    enum Layout: UInt8, Sendable {
        case contentFirst, venueFirst
    }

    var identifier: Int64
    var member: UInt32
    var group: UInt32
    /// Which of its group's events, counted along its calendar.
    var occurrence: UInt32
    var response: Response
    var guests: UInt8
    var layout: Layout
    /// True in the rare message that names another of the group's venues.
    var isMoved: Bool
    /// Milliseconds since 1970.
    var mtime: Int64
    /// The time whose member photo and group position the message shows, milliseconds since 1970. An echo keeps it.
    var asOf: Int64
}
