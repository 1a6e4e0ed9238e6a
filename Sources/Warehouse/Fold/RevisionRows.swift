/// The distinct versions of things, and what each is counted under: as the first message that had it says.
struct RevisionRows: Sendable {
    /// What a revision is counted under.
    struct Counted: Sendable {
        let split: Cell
        let region: Cell
        /// Positions in `categoryNumbers`.
        let categories: Range<Int>
    }

    private(set) var rows: NewestRows
    private(set) var counted: [Counted] = []
    /// Rows (value, label) of the categories, the label from the newest message.
    private(set) var categories = NewestRows(width: 2, key: [0])
    private(set) var categoryNumbers: [UInt32] = []
    /// The version that each category was last counted for: a message that names it twice counts once.
    private var lastCounted: [Int] = []

    /// All columns of a revision are its key.
    init(width: Int) {
        rows = NewestRows(width: width, key: Array(0..<width))
    }

    /// Whether the version is a new one; then `count` must follow.
    mutating func insert(
        _ row: [Cell], hash: Int? = nil, from source: TextStore, into texts: inout TextStore
    ) -> Bool {
        if case .inserted = rows.offer(row, time: 0, hash: hash, from: source, into: &texts) { true } else { false }
    }

    /// The pairs (value, label) that a version is counted under as categories.
    func pairs(of row: Int) -> [Cell] {
        categoryNumbers[counted[row].categories].flatMap { categories.row(Int($0)) }
    }

    /// Says what the version inserted last is counted under; `pairs` are (value, label) of each category.
    mutating func count(
        _ split: Cell, _ region: Cell, categories pairs: [Cell], time: Int64, from source: TextStore,
        into texts: inout TextStore
    ) {
        let start = categoryNumbers.count
        for position in stride(from: 0, to: pairs.count, by: 2) {
            let pair = [pairs[position], pairs[position + 1]]
            let number = UInt32(categories.offer(pair, time: time, from: source, into: &texts).row)
            if Int(number) == lastCounted.count { lastCounted.append(-1) }
            if lastCounted[Int(number)] == counted.count { continue }
            lastCounted[Int(number)] = counted.count
            categoryNumbers.append(number)
        }
        counted.append(
            Counted(
                split: texts.adopt(split, from: source), region: texts.adopt(region, from: source),
                categories: start..<categoryNumbers.count))
    }
}
