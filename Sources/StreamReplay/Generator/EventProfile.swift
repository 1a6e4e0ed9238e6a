/// A generated event: what stays the same in all messages about it, computed from seed, group and number when needed.
struct EventProfile {
    /// Unique over all groups.
    let number: Int64
    /// Milliseconds since 1970, on a half hour.
    let time: Int64
    let showsTime: Bool
    let showsVenue: Bool
    /// Which of the group's venues.
    let venue: Int
    let opening: Int
    let closing: Int
    /// Whether the event's name carries its group's city.
    let namesCity: Bool
    /// An ornament behind the name; nil for most.
    let ornament: Int?
}
