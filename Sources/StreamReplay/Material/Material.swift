/// What a server replays.
public enum Material: Sendable {
    /// Recordings, one after another.
    case recordings([Recording])
    /// So many generated messages of a stream.
    case generated(GeneratedStream = .rsvps, count: Int, seed: UInt64)

    func makeSource() -> any MessageSource {
        switch self {
        case .recordings(let recordings): RecordedSource(recordings)
        case .generated(let stream, let count, let seed): GeneratedSource(stream, count: count, seed: seed)
        }
    }
}

/// Gives the messages of a replay in order.
protocol MessageSource {
    /// The next message; nil at the end.
    mutating func next() -> Message?
}
