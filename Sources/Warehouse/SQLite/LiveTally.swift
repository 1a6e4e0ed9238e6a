import SQLite

/// What a commit adds to a stream's counters.
struct LiveTally {
    static let events = "events"
    static let malformed = "malformed"
    static let revisions = "revisions"
    static let split = "split"
    static let regions = "regions"
    static let categories = "categories"

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

    /// Adds all to the stored counters.
    func write(_ stream: String, _ delta: MergeDelta?, in database: SQLiteDatabase) throws(SQLiteError) {
        let upsert = try database.statement(
            """
            INSERT INTO live_counts (stream, measure, value, label, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
            SET count = count + excluded.count, label = coalesce(excluded.label, label)
            """)
        func add(_ measure: String, _ value: String, _ label: String?, _ count: Int64) throws(SQLiteError) {
            guard count != 0 else { return }
            try upsert.run([.text(stream), .text(measure), .text(value), SQLiteValue(label), .integer(count)])
        }
        try add(Self.events, "", nil, events)
        try add(Self.malformed, "", nil, malformed)
        try add(Self.revisions, "", nil, revisions)
        guard let delta, let rows = delta.revisions else { return }
        for (measure, counts, rows) in [
            (Self.split, splits, rows.splits), (Self.regions, regions, rows.regions),
            (Self.categories, categories, rows.categories),
        ] {
            for (number, count) in counts.enumerated() {
                let row = rows.row(number)
                guard let value = Self.text(row[row.startIndex], delta.texts) else { continue }
                let label = row.dropFirst().first.flatMap { Self.text($0, delta.texts) }
                try add(measure, value, label, count)
            }
        }
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
