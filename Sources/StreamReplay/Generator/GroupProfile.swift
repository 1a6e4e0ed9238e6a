/// A generated group: what stays the same in all its messages.
struct GroupProfile {
    let identifier: Int64
    let name: [UInt8]
    let urlName: [UInt8]
    /// Index into the population's places.
    let place: Int
    /// Hundredths of a degree away from the place, so that not all groups of a city stand on one point.
    let latitudeOffset: Int
    let topics: [UInt16]
    /// Whether the group writes one of its topics in small letters.
    let spellsVariant: Bool
    /// Milliseconds between two events.
    let period: Int64
    /// Milliseconds from the calendar's beginning to the first event.
    let phase: Int64
    /// Whether its events are a series, with letters in their identity.
    let isSeries: Bool
    /// The sum of its topics' effects, in thousandths of the noise's deviation.
    let topicEffect: Int
    /// The subject its events are named after.
    let subject: Int
    /// How long the group's position holds before it moves a little, milliseconds.
    let positionLifetime: Int64
}
