/// A stream that can be generated: its name, and with it the shape of its messages.
public enum GeneratedStream: String, CaseIterable, Sendable {
    case rsvps, photos
    case eventComments = "event_comments"

    func generator(seed: UInt64) -> any MessageGenerator {
        let start = RSVPGenerator.defaultStart
        return switch self {
        case .rsvps: RSVPGenerator(seed: seed, start: start)
        case .photos: PhotoGenerator(seed: seed, start: start)
        case .eventComments: CommentGenerator(seed: seed, start: start)
        }
    }
}
