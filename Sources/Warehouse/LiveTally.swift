/// What a commit adds to a stream's counters.
struct LiveTally {
    static let events = "events"
    static let malformed = "malformed"
    static let revisions = "revisions"
    static let split = "split"
    static let regions = "regions"
    static let categories = "categories"

    /// The bytes of a value that tell it from others; what is longer is counted under its beginning.
    static let valueBytes = 1024

    /// By how much one counter grows.
    struct Change {
        let measure: String
        let value: String
        /// The value's name for people; nil leaves the one that is stored.
        var label: String?
        var count: Int64
    }

    var events: Int64 = 0
    var malformed: Int64 = 0
    private var revisions: Int64 = 0
    /// By the numbers of the values in the delta.
    private var splits: [Int64] = []
    private var regions: [Int64] = []
    private var categories: [Int64] = []

    /// Counts a revision that changed the table by so many rows.
    mutating func count(_ number: Int, _ change: Int64, in revisions: RevisionRows) {
        Self.widen(&splits, to: revisions.splits.count)
        Self.widen(&regions, to: revisions.regions.count)
        Self.widen(&categories, to: revisions.categories.count)
        self.revisions += change
        let counted = revisions.counted[number]
        if let split = counted.split { splits[Int(split)] += change }
        if let region = counted.region { regions[Int(region)] += change }
        for position in counted.categories { categories[Int(revisions.categoryNumbers[position])] += change }
    }

    private static func widen(_ counts: inout [Int64], to count: Int) {
        while counts.count < count { counts.append(0) }
    }

    /// What the counters grow by, each once.
    func changes(_ delta: MergeDelta) -> [Change] {
        var changes: [Change] = []
        var places: [[String]: Int] = [:]
        func add(_ measure: String, _ value: String, _ label: String?, _ count: Int64) {
            guard count != 0 else { return }
            let value = Self.beginning(of: value)
            if let place = places[[measure, value]] {
                changes[place].count += count
                changes[place].label = label ?? changes[place].label
            } else {
                places[[measure, value]] = changes.count
                changes.append(Change(measure: measure, value: value, label: label, count: count))
            }
        }
        add(Self.events, "", nil, events)
        add(Self.malformed, "", nil, malformed)
        add(Self.revisions, "", nil, revisions)
        guard let rows = delta.revisions else { return changes }
        for (measure, counts, rows) in [
            (Self.split, splits, rows.splits), (Self.regions, regions, rows.regions),
            (Self.categories, categories, rows.categories),
        ] {
            for (number, count) in counts.enumerated() {
                let row = rows.row(number)
                guard let value = Self.text(row[row.startIndex], delta.texts) else { continue }
                let label = row.dropFirst().first.flatMap { Self.text($0, delta.texts) }
                add(measure, value, label, count)
            }
        }
        return changes
    }

    private static func beginning(of value: String) -> String {
        guard value.utf8.count > valueBytes else { return value }
        var end = value.utf8.index(value.utf8.startIndex, offsetBy: valueBytes)
        while end.samePosition(in: value.unicodeScalars) == nil { end = value.utf8.index(before: end) }
        return String(value[..<end])
    }

    private static func text(_ cell: Cell, _ texts: TextStore) -> String? {
        switch cell {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): value.description
        case .text(let text): texts.string(text)
        }
    }
}
