/// The numbers of rows in the order of some of their columns, so that a B-tree is written from left to right.
///
/// Grows with the rows: what came since the last time is sorted and put between what is in order already. Rows that share
/// a key only take each other's place, so that the order of those known stays.
struct RowOrder: Sendable {
    private struct Entry {
        /// What the row's first column begins with: mostly enough to say which of two rows comes first.
        let beginning: UInt64
        let number: UInt32
    }

    private let columns: [Int]
    private var entries: [Entry] = []

    /// An order of no rows yet, by the columns at those positions.
    init(by columns: [Int]) {
        self.columns = columns
    }

    /// The numbers in their order.
    var numbers: some RandomAccessCollection<Int> {
        entries.lazy.map { Int($0.number) }
    }

    /// Takes in the rows that are not in it yet.
    mutating func grow(to rows: NewestRows, _ texts: TextView) {
        let (known, columns) = (entries.count, columns)
        guard known < rows.count else { return }
        rows.cells.withUnsafeBufferPointer { cells in
            func isBefore(_ left: Entry, _ right: Entry) -> Bool {
                if left.beginning != right.beginning { return left.beginning < right.beginning }
                let (left, right) = (Int(left.number) * rows.width, Int(right.number) * rows.width)
                for column in columns {
                    let order = CellOrder.compare(cells[left + column], cells[right + column], texts)
                    if order != 0 { return order < 0 }
                }
                return false
            }
            let added = (known..<rows.count).map { number in
                Entry(
                    beginning: Self.beginning(of: cells[number * rows.width + columns[0]], texts),
                    number: UInt32(number))
            }.sorted(by: isBefore)
            if known == 0 {
                entries = added
            } else {
                insert(added, isBefore)
            }
        }
    }

    /// Puts sorted entries between those there are, from the last one on: rows that come in their order mostly move none.
    private mutating func insert(_ added: [Entry], _ isBefore: (Entry, Entry) -> Bool) {
        var (left, right) = (entries.count - 1, added.count - 1)
        entries += added
        var place = entries.count - 1
        while right >= 0 {
            if left >= 0, isBefore(added[right], entries[left]) {
                entries[place] = entries[left]
                left -= 1
            } else {
                entries[place] = added[right]
                right -= 1
            }
            place -= 1
        }
    }

    /// A number that is less only where the cell comes first, of the cells of one column.
    private static func beginning(of cell: Cell, _ texts: TextView) -> UInt64 {
        switch cell {
        case .null, .real: return 0
        case .integer(let value): return UInt64(bitPattern: value) ^ 1 << 63
        case .text(let text): return CellOrder.beginning(of: texts[text])
        }
    }
}
