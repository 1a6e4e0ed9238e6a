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
    private var split: [String: Int64] = [:]
    private var regions: [String: Int64] = [:]
    /// By the number of the category in the delta.
    private var categories: [Int64] = []

    /// Counts a revision that changed the table by so many rows.
    mutating func count(_ number: Int, _ change: Int64, in revisions: RevisionRows, _ texts: TextStore) {
        self.revisions += change
        let counted = revisions.counted[number]
        if let value = Self.text(counted.split, texts) { split[value, default: 0] += change }
        if let value = Self.text(counted.region, texts) { regions[value, default: 0] += change }
        if categories.isEmpty { categories = Array(repeating: 0, count: revisions.categories.count) }
        for category in revisions.categoryNumbers[counted.categories] { categories[Int(category)] += change }
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
        for (value, count) in split { try add(Self.split, value, nil, count) }
        for (value, count) in regions { try add(Self.regions, value, nil, count) }
        guard let delta, let rows = delta.revisions?.categories else { return }
        for (number, count) in categories.enumerated() {
            let row = rows.row(number)
            guard let value = Self.text(row[row.startIndex], delta.texts) else { continue }
            try add(Self.categories, value, Self.text(row[row.startIndex + 1], delta.texts), count)
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
