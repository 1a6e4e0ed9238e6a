import Scoring

/// What a model must beat: always saying the share of positive labels so far, over all or within the event's group.
struct RateBaselines {
    private struct Rate {
        var positives: UInt32 = 0
        var events: UInt32 = 0
    }

    /// How many events at the overall rate a group is believed to have had before its first.
    private static let groupPrior = 2.0

    private var positives = 0.0
    private var events = 0.0
    private var groups = [Rate](repeating: Rate(), count: Model.slotCount)

    /// The share so far, one event of each label assumed to start with.
    var overall: Double {
        (positives + 1) / (events + 2)
    }

    /// The share within the group, drawn to the overall one while the group is small.
    func within(_ group: Int) -> Double {
        let rate = groups[group]
        return (Double(rate.positives) + Self.groupPrior * overall) / (Double(rate.events) + Self.groupPrior)
    }

    /// Counts an event.
    mutating func add(label: Bool, group: Int) {
        events += 1
        groups[group].events += 1
        if label {
            positives += 1
            groups[group].positives += 1
        }
    }
}
