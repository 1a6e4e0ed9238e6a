/// The rows that are kept with an owner's row: those of the message that gave it.
///
/// Between messages of the same time and the same owner's row, the greater sorted list of rows decides, a row that a
/// message has twice counted twice. Of rows with the same key and other values in one message the greatest counts.
struct ChildRows: Sendable {
    let width: Int
    /// The positions of the key's columns.
    let key: [Int]
    private(set) var cells: [Cell] = []
    /// The rows of each owner.
    private(set) var ranges: [Range<Int>] = []

    init(width: Int, key: [Int]) {
        (self.width, self.key) = (width, key)
    }

    /// The cells of an owner's rows, in the order of the message.
    func rows(of owner: Int) -> ArraySlice<Cell> {
        cells[ranges[owner]]
    }

    /// Gives an owner its rows.
    mutating func set(_ owner: Int, _ rows: [Cell], from source: TextStore, into texts: inout TextStore) {
        if owner < ranges.count, isSame(ranges[owner], rows, source, texts) { return }
        let start = cells.count
        for cell in rows { cells.append(texts.adopt(cell, from: source)) }
        if owner == ranges.count {
            ranges.append(start..<cells.count)
        } else {
            ranges[owner] = start..<cells.count
        }
    }

    /// Gives an owner whose row is the same these rows, if they are greater than those it has.
    mutating func raise(_ owner: Int, _ rows: [Cell], from source: TextStore, into texts: inout TextStore) {
        if isSame(ranges[owner], rows, source, texts) { return }
        let order = CellOrder.compare(
            Self.sorted(rows[...], width, source)[...], source, Self.sorted(cells[ranges[owner]], width, texts)[...],
            texts)
        if order > 0 { set(owner, rows, from: source, into: &texts) }
    }

    private func isSame(
        _ range: Range<Int>, _ rows: [Cell], _ source: TextStore, _ texts: TextStore
    ) -> Bool {
        guard range.count == rows.count else { return false }
        return source.withView { source in
            texts.withView { texts in
                for offset in 0..<rows.count
                where !CellOrder.isEqual(rows[offset], source, cells[range.lowerBound + offset], texts) {
                    return false
                }
                return true
            }
        }
    }

    /// Rows in their order, side by side.
    static func sorted(_ cells: ArraySlice<Cell>, _ width: Int, _ texts: TextStore) -> [Cell] {
        let rows = Array(cells)
        if rows.count <= width { return rows }
        return texts.withView { texts in
            func isBefore(_ left: Int, _ right: Int) -> Bool {
                for column in 0..<width {
                    let order = CellOrder.compare(rows[left + column], rows[right + column], texts)
                    if order != 0 { return order < 0 }
                }
                return false
            }
            let starts = stride(from: 0, to: rows.count, by: width)
            if zip(starts, starts.dropFirst()).allSatisfy({ !isBefore($1, $0) }) { return rows }
            return starts.sorted(by: isBefore).flatMap { rows[$0..<$0 + width] }
        }
    }

    /// The rows of one message without those that have a greater one of the same key.
    func withoutLesser(_ rows: [Cell], _ texts: TextStore) -> [Cell] {
        guard key.count < width, rows.count > width else { return rows }
        let starts = stride(from: 0, to: rows.count, by: width).sorted { left, right in
            let order = compareKeys(rows, left, right, texts)
            return (order == 0 ? compare(rows, left, right, texts) : order) < 0
        }
        var kept: [Int] = []
        for start in starts.reversed() {
            if let last = kept.last, compareKeys(rows, start, last, texts) == 0, compare(rows, start, last, texts) != 0
            {
                continue
            }
            kept.append(start)
        }
        return kept.flatMap { rows[$0..<$0 + width] }
    }

    private func compare(_ rows: [Cell], _ left: Int, _ right: Int, _ texts: TextStore) -> Int {
        CellOrder.compare(rows[left..<left + width], texts, rows[right..<right + width], texts)
    }

    private func compareKeys(_ rows: [Cell], _ left: Int, _ right: Int, _ texts: TextStore) -> Int {
        for column in key {
            let order = CellOrder.compare(rows[left + column], texts, rows[right + column], texts)
            if order != 0 { return order }
        }
        return 0
    }
}
