/// Which tables, and of tables of events which days, a merge has changed: what a copy of the tables elsewhere must renew.
///
/// May name more than was changed, never less.
struct ChangedDays {
    /// Days of one table.
    struct Days {
        private let calendar: UTCDays
        private(set) var numbers: Set<Int64> = []
        private var last: Int64?

        fileprivate init(_ calendar: UTCDays) {
            self.calendar = calendar
        }

        /// Notes the day of a time.
        mutating func note(_ time: Int64) {
            let day = calendar.number(of: time)
            // Neighbours mostly are of one day.
            if day == last { return }
            last = day
            numbers.insert(day)
        }

        /// Notes a table that is not divided by days.
        mutating func noteTable() {
            numbers.insert(ChangedDays.wholeTable)
        }
    }

    /// Keeps a table, a day and the commit that changed it, in the words of all engines.
    static let upsert =
        "INSERT INTO \"changed_days\" (\"table_name\", \"day\", \"watermark\") VALUES ($1, $2, $3) "
        + "ON CONFLICT (\"table_name\", \"day\") DO UPDATE SET \"watermark\" = excluded.\"watermark\""

    /// What stands for the day of a table that is not divided by days.
    static let wholeTable: Int64 = 0

    /// For each table that keeps the newest whether it is changed, and so for the rows kept with them.
    var newest: [Bool]
    var children: [Bool]
    var revisions: Days
    var latest: Days

    init(_ fold: FoldPlan) {
        let days = Days(UTCDays(fold.stream.unit))
        (revisions, latest) = (days, days)
        newest = Array(repeating: false, count: fold.newest.count)
        children = Array(repeating: false, count: fold.children.count)
    }

    /// The tables and days, each once.
    func entries(_ fold: FoldPlan) -> [(table: String, day: Int64)] {
        let whole =
            zip(fold.newest, newest).filter(\.1).map(\.0) + zip(fold.children, children).filter(\.1).map(\.0.table)
        var entries = whole.map { (table: $0.plan.name, day: Self.wholeTable) }
        for (table, days) in [(fold.history?.revisions, revisions), (fold.history?.latest, latest)] {
            guard let table else { continue }
            entries += days.numbers.sorted().map { (table: table.plan.name, day: $0) }
        }
        return entries
    }
}
