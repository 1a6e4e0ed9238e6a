/// A row for each key: the one with the greatest (time, columns in their order).
///
/// Rows are numbered as their keys first came; a row's cells lie side by side, its texts in the delta's store.
struct NewestRows: Sendable {
    /// What became of an offered row.
    enum Outcome {
        case inserted(Int), replaced(Int), equal(Int), older(Int)

        /// The number of the key's row.
        var row: Int {
            switch self {
            case .inserted(let row), .replaced(let row), .equal(let row), .older(let row): row
            }
        }
    }

    let width: Int
    /// The positions of the key's columns.
    let key: [Int]
    private(set) var cells: [Cell] = []
    private(set) var times: [Int64] = []
    private var index = RowIndex()

    init(width: Int, key: [Int]) {
        (self.width, self.key) = (width, key)
    }

    var count: Int { times.count }

    func row(_ number: Int) -> ArraySlice<Cell> {
        cells[number * width..<(number + 1) * width]
    }

    /// Takes the row, where it is the greatest of its key; its texts go from `source` to `texts`.
    /// - Parameter hash: the hash of its key, where another delta of this process knows it.
    mutating func offer(
        _ row: [Cell], time: Int64, hash known: Int? = nil, from source: TextStore, into texts: inout TextStore
    ) -> Outcome {
        let hash = known ?? hash(row, source)
        guard let known = find(row, hash, source, texts) else {
            let number = times.count
            for cell in row { cells.append(texts.adopt(cell, from: source)) }
            times.append(time)
            index.append(hash: hash)
            return .inserted(number)
        }
        if time < times[known] { return .older(known) }
        let base = known * width
        var order = 0
        for column in 0..<width {
            order = CellOrder.compare(row[column], source, cells[base + column], texts)
            if order != 0 {
                if time == times[known], order < 0 { return .older(known) }
                replace(from: column, row, base, source, &texts)
                break
            }
        }
        if order == 0, time == times[known] { return .equal(known) }
        times[known] = time
        return .replaced(known)
    }

    /// The number of the row with the key of `row`, whose texts lie in `source`.
    func number(of row: [Cell], _ source: TextStore, _ texts: TextStore) -> Int? {
        find(row, hash(row, source), source, texts)
    }

    /// The hash of a row's key.
    func hash(_ number: Int) -> Int {
        index.hashes[number]
    }

    /// The numbers of all rows in the order of their keys, so that a B-tree is written from left to right.
    func sorted(_ texts: TextView) -> [Int] {
        (0..<count).sorted { left, right in
            for column in key {
                let order = CellOrder.compare(cells[left * width + column], cells[right * width + column], texts)
                if order != 0 { return order < 0 }
            }
            return false
        }
    }

    private mutating func replace(
        from first: Int, _ row: [Cell], _ base: Int, _ source: TextStore, _ texts: inout TextStore
    ) {
        for column in first..<width where CellOrder.compare(row[column], source, cells[base + column], texts) != 0 {
            cells[base + column] = texts.adopt(row[column], from: source)
        }
    }

    @inline(__always)
    private func find(
        _ row: [Cell], _ hash: Int, _ source: TextStore, _ texts: TextStore
    ) -> Int? {
        index.find(hash) { known in
            for column in key
            where CellOrder.compare(row[column], source, cells[known * width + column], texts) != 0 {
                return false
            }
            return true
        }
    }

    @inline(__always)
    private func hash(_ row: [Cell], _ texts: TextStore) -> Int {
        var hasher = Hasher()
        for column in key {
            switch row[column] {
            case .null: hasher.combine(0 as UInt8)
            case .integer(let value): hasher.combine(value)
            case .real(let value): hasher.combine(value)
            case .text(let text): texts.withText(text) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            }
        }
        return hasher.finalize()
    }
}
