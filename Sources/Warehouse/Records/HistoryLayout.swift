import StreamDefinition

/// The records of a history: of each message what its revision holds, identity and time first, and behind it the owner's
/// columns, those of the latest that revisions lack.
struct HistoryLayout {
    /// Where a cell of a latest row comes from: the owner's columns of the newest message, or the greatest revision.
    struct Source {
        let isOwner: Bool
        let cell: Int
    }

    /// The cells of a revision.
    let revisionCells: Int
    let latestSources: [Source]
    /// Whether rows of the latest are divided by days.
    let isLatestDivided: Bool
    private let days: UTCDays

    init(_ history: FoldPlan.History, of stream: StreamPlan) {
        revisionCells = history.revisions.width
        days = UTCDays(stream.unit)
        let layout = history.latest.map { RecordLayout.latest($0, of: stream) }
        isLatestDivided = layout.map { $0.leading > 0 } ?? false
        let order = history.order
        let versions = history.revisions.plan.columns
        latestSources = (layout?.columns ?? []).map { column in
            guard let latest = history.latest, let owner = history.owner else {
                preconditionFailure("what has a layout is there")
            }
            let path = latest.plan.columns[column].path
            if let position = order.firstIndex(where: { versions[$0].path == path }) {
                return Source(isOwner: false, cell: position)
            }
            let position = owner.sources.dropFirst().firstIndex(of: latest.sources[column]) ?? 1
            return Source(isOwner: true, cell: position - 1)
        }
    }

    var hasLatest: Bool { !latestSources.isEmpty }

    /// What rows are sorted by before their time: those whose time is of no day come first.
    func dayRank(of time: Int64) -> Int64 {
        days.number(of: time) == UTCDays.none ? 0 : 1
    }

    /// The slots of the message that a record's cells come from.
    static func slots(_ history: FoldPlan.History) -> [Int] {
        history.order.map { history.revisions.sources[$0] } + (history.owner?.sources.dropFirst() ?? [])
    }

    /// The slots that hold the stream's subject.
    static func subjects(_ history: FoldPlan.History) -> [Int] {
        [history.revisions, history.owner].compactMap(\.self).filter { $0.subject >= 0 }.map { $0.sources[$0.subject] }
    }
}
