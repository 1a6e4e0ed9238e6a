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
    private(set) var index = RowIndex()

    init(width: Int, key: [Int]) {
        (self.width, self.key) = (width, key)
    }

    var count: Int { times.count }

    func row(_ number: Int) -> ArraySlice<Cell> {
        cells[number * width..<(number + 1) * width]
    }

    /// Takes a row, where it is the greatest of its key; its texts go from `source` to `texts`.
    ///
    /// - Parameters:
    ///   - rows: cells, of which those of the row begin at `start`.
    ///   - hash: the hash of its key, where another delta of this process knows it.
    mutating func offer(
        _ rows: [Cell], at start: Int = 0, time: Int64, hash known: Int? = nil, from source: TextStore,
        into texts: inout TextStore
    ) -> Outcome {
        let match = source.withView { from in
            texts.withView { find(rows, start, time, known, from, $0) }
        }
        guard let number = match.number else {
            for column in start..<start + width { cells.append(texts.adopt(rows[column], from: source)) }
            index.append(hash: match.hash)
            times.append(time)
            return .inserted(times.count - 1)
        }
        if match.order < 0 { return .older(number) }
        if match.column < width {
            replace(from: match.column, rows, start, number * width, source, &texts)
        } else if time == times[number] {
            return .equal(number)
        }
        times[number] = time
        return .replaced(number)
    }

    /// The number of the row with the key of `row`, whose texts lie in `source`.
    func number(of row: [Cell], _ source: TextStore, _ texts: TextStore) -> Int? {
        source.withView { from in
            texts.withView { find(row, 0, .max, nil, from, $0).number }
        }
    }

    /// The hash of a row's key.
    func hash(_ number: Int) -> Int {
        index.hashes[number]
    }

    private mutating func replace(
        from first: Int, _ rows: [Cell], _ start: Int, _ base: Int, _ source: TextStore, _ texts: inout TextStore
    ) {
        for column in first..<width {
            let isEqual = source.withView { from in
                texts.withView { CellOrder.isEqual(rows[start + column], from, cells[base + column], $0) }
            }
            if !isEqual { cells[base + column] = texts.adopt(rows[start + column], from: source) }
        }
    }

    /// What is known of a row's key: the number of its row; the first column that differs, the width where none does; and
    /// whether the row is the lesser one (below zero).
    private struct Match {
        let hash: Int
        let number: Int?
        var column = 0
        var order = 0
    }

    @inline(__always)
    private func find(
        _ rows: [Cell], _ start: Int, _ time: Int64, _ knownHash: Int?, _ source: TextView, _ texts: TextView
    ) -> Match {
        rows.withUnsafeBufferPointer { rows in
            cells.withUnsafeBufferPointer { cells in
                let hash = knownHash ?? hash(rows, start, source)
                let number = index.find(hash) { known in
                    for position in 0..<key.count {
                        let column = key[position]
                        let isEqual = CellOrder.isEqual(
                            rows[start + column], source, cells[known * width + column], texts)
                        if !isEqual { return false }
                    }
                    return true
                }
                var match = Match(hash: hash, number: number)
                guard let number else { return match }
                if time < times[number] {
                    match.order = -1
                    return match
                }
                while match.column < width {
                    let order = CellOrder.compare(
                        rows[start + match.column], source, cells[number * width + match.column], texts)
                    if order != 0 {
                        match.order = time == times[number] ? order : 0
                        break
                    }
                    match.column += 1
                }
                return match
            }
        }
    }

    @inline(__always)
    private func hash(_ rows: UnsafeBufferPointer<Cell>, _ start: Int, _ texts: TextView) -> Int {
        var hasher = KeyHasher()
        for position in 0..<key.count { hasher.combine(rows[start + key[position]], texts) }
        return hasher.hash
    }
}
