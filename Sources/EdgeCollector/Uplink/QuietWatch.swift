import BatchFormat

/// What the quiet hours mean right now.
enum QuietState: Equatable {
    /// There are none, or none now.
    case open
    /// Nothing is begun with the cloud until then, in milliseconds since 1970.
    case quiet(until: Int64)
    /// There are quiet hours, but nobody knows what time it is.
    case clockless(ClockState)

    /// Decides: a time counts that a time server or the cloud vouches for. Otherwise uploads go on, since a wrong clock
    /// must not keep batches back for ever.
    ///
    /// - Parameter serverMilliseconds: the cloud's time by its last word; nil before its first.
    init(_ hours: QuietHours, at moment: Moment, serverMilliseconds: Int64?) {
        if hours.isEmpty {
            self = .open
        } else if let now = moment.clock == .synchronized ? moment.milliseconds : serverMilliseconds {
            self = hours.end(at: now).map { .quiet(until: $0) } ?? .open
        } else {
            self = .clockless(moment.clock)
        }
    }

    /// What `status` shows behind the hours; nil where there is nothing to say.
    var note: String? {
        switch self {
        case .open: nil
        case .quiet(let until): "nothing is uploaded until \(EdgeLog.text(milliseconds: until))"
        case .clockless(let clock):
            "not kept: neither a time server nor the cloud vouches for the clock (\(clock.rawValue))"
        }
    }
}

/// Watches the clock for quiet hours and tells log and `status` when they begin and end.
final class QuietWatch {
    /// The file in the state directory that holds what `status` shows; there only while there is something to show.
    static let fileName = "quiet"
    /// How often the clock is looked at.
    private static let interval: Duration = .seconds(1)

    private let hours: QuietHours
    private let link: CloudLink
    private let state: StateDirectory
    private var current = QuietState.open
    private var lookedAt: Duration?

    init(hours: QuietHours, link: CloudLink, state: StateDirectory) throws {
        (self.hours, self.link, self.state) = (hours, link, state)
        try state.remove(Self.fileName)
    }

    /// Whether nothing may be begun with the cloud.
    var isQuiet: Bool {
        if case .quiet = current { true } else { false }
    }

    /// When `tick` has something to do.
    var deadline: Duration? { isQuiet ? lookedAt.map { $0 + Self.interval } : nil }

    func tick(at moment: Moment) throws {
        guard !hours.isEmpty else { return }
        if let lookedAt, moment.monotonic - lookedAt < Self.interval { return }
        lookedAt = moment.monotonic
        let next = QuietState(hours, at: moment, serverMilliseconds: link.time.serverMilliseconds)
        guard next != current else { return }
        current = next
        link.log(
            next == .open ? .notice : .warning, "Quiet hours: \(next.note ?? "uploads go on").", ["quiet": "\(hours)"])
        if let note = next.note {
            try state.replace(Self.fileName, Array(note.utf8))
        } else {
            try state.remove(Self.fileName)
        }
    }
}
