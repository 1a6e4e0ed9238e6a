/// The distinct versions of things, and what each is counted under: as the first message that had it says.
struct RevisionRows: Sendable {
    /// What a revision is counted under.
    struct Counted: Sendable {
        /// Numbers in `splits` and `regions`; nil where the message has no such value.
        let split, region: UInt32?
        /// Positions in `categoryNumbers`.
        let categories: Range<Int>
    }

    private(set) var rows: NewestRows
    private(set) var counted: [Counted] = []
    /// The values that split the stream, and the regions.
    private(set) var splits = NewestRows(width: 1, key: [0])
    private(set) var regions = NewestRows(width: 1, key: [0])
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
        _ cells: [Cell], at start: Int = 0, hash: Int? = nil, from source: TextStore, into texts: inout TextStore
    ) -> Bool {
        let outcome = rows.offer(cells, at: start, time: 0, hash: hash, from: source, into: &texts)
        if case .inserted = outcome { return true }
        return false
    }

    /// Says what the version inserted last is counted under: `values` are the split, the region, and (value, label) of each
    /// category, unless these are `known` from another version.
    /// - Returns: the categories, for versions that have the same.
    mutating func count(
        _ values: [Cell], known: Range<Int>?, time: Int64, from source: TextStore, into texts: inout TextStore
    ) -> Range<Int> {
        let first = categoryNumbers.count
        if known == nil {
            for position in stride(from: 2, to: values.count, by: 2) {
                note(category: categories.offer(values, at: position, time: time, from: source, into: &texts).row)
            }
        }
        let numbers = known ?? first..<categoryNumbers.count
        counted.append(
            Counted(
                split: Self.number(values, at: 0, in: &splits, source, &texts),
                region: Self.number(values, at: 1, in: &regions, source, &texts), categories: numbers))
        return numbers
    }

    /// Says that a counted version of that time has these categories: (value, label) of each.
    mutating func confirm(categories values: [Cell], time: Int64, from source: TextStore, into texts: inout TextStore) {
        for position in stride(from: 0, to: values.count, by: 2) {
            _ = categories.offer(values, at: position, time: time, from: source, into: &texts)
        }
    }

    /// Adds the versions of another delta, of which `isWanted` says which.
    mutating func merge(
        _ other: RevisionRows, from source: TextStore, into texts: inout TextStore, _ isWanted: (Int) -> Bool
    ) {
        let splits = Self.numbers(of: other.splits, in: &self.splits, source, &texts)
        let regions = Self.numbers(of: other.regions, in: &self.regions, source, &texts)
        let categories = Self.numbers(of: other.categories, in: &self.categories, source, &texts)
        for number in 0..<other.rows.count where isWanted(number) {
            let (start, hash) = (number * rows.width, other.rows.hash(number))
            guard insert(other.rows.cells, at: start, hash: hash, from: source, into: &texts) else { continue }
            let counted = other.counted[number]
            let first = categoryNumbers.count
            for category in other.categoryNumbers[counted.categories] { note(category: Int(categories[Int(category)])) }
            self.counted.append(
                Counted(
                    split: counted.split.map { splits[Int($0)] }, region: counted.region.map { regions[Int($0)] },
                    categories: first..<categoryNumbers.count))
        }
    }

    /// Counts the version at hand under a category, once.
    private mutating func note(category number: Int) {
        while lastCounted.count <= number { lastCounted.append(-1) }
        if lastCounted[number] == counted.count { return }
        lastCounted[number] = counted.count
        categoryNumbers.append(UInt32(number))
    }

    private static func number(
        _ cells: [Cell], at place: Int, in values: inout NewestRows, _ source: TextStore, _ texts: inout TextStore
    ) -> UInt32? {
        if cells[place].isNull { return nil }
        return UInt32(values.offer(cells, at: place, time: 0, from: source, into: &texts).row)
    }

    /// The numbers that another delta's values have here.
    private static func numbers(
        of other: NewestRows, in values: inout NewestRows, _ source: TextStore, _ texts: inout TextStore
    ) -> [UInt32] {
        (0..<other.count).map { number in
            let outcome = values.offer(
                other.cells, at: number * other.width, time: other.times[number], hash: other.hash(number),
                from: source, into: &texts)
            return UInt32(outcome.row)
        }
    }
}
