/// The subjects that a delta's rows name and that are forgotten.
struct ForgottenValues {
    private var integers: Set<Int64> = []
    private var texts: Set<[UInt8]> = []

    /// Asks `isForgotten` of each subject of a delta once; nil where none is.
    init?(in delta: MergeDelta, _ isForgotten: (String) -> Bool) {
        var seen = (integers: Set<Int64>(), texts: Set<[UInt8]>())
        for (table, rows) in delta.subjectTables {
            for number in 0..<rows.count {
                switch rows.cells[number * rows.width + table.subject] {
                case .null, .real: continue
                case .integer(let value):
                    if seen.integers.insert(value).inserted, isForgotten(String(value)) { integers.insert(value) }
                case .text(let text):
                    let value = delta.texts.withText(text) { Array($0) }
                    if seen.texts.insert(value).inserted, isForgotten(String(decoding: value, as: UTF8.self)) {
                        texts.insert(value)
                    }
                }
            }
        }
        if integers.isEmpty, texts.isEmpty { return nil }
    }

    /// Whether the subject that a cell holds is forgotten.
    func contains(_ cell: Cell, _ store: TextStore) -> Bool {
        switch cell {
        case .null, .real: false
        case .integer(let value): integers.contains(value)
        case .text(let text): store.withText(text) { texts.contains(Array($0)) }
        }
    }
}

extension MergeDelta {
    /// The rows that name a subject, but for those kept with others.
    fileprivate var subjectTables: [(table: FoldPlan.Table, rows: NewestRows)] {
        var all = Array(zip(plan.newest, newest))
        if let history = plan.history, let revisions { all.append((history.revisions, revisions.rows)) }
        if let owner = plan.history?.owner, let owners { all.append((owner, owners)) }
        return all.filter { $0.0.subject >= 0 }.map { (table: $0.0, rows: $0.1) }
    }
}
