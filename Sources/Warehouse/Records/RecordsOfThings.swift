/// Finds, of the records of a table of things, those that stand: of each key the one with the greatest time and columns, and
/// of equal ones the greatest rows kept with them.
struct RecordsOfThings {
    private let keyCells: Int
    /// The cells of a row, its time among them.
    private let rowCells: Int
    /// The widths of the rows kept with a row, by table.
    private let childWidths: [Int]
    /// The record that stands so far, and where its key ends.
    private var best: [UInt8] = []
    private var keyEnd = 0

    init(_ table: FoldPlan.Table, children: [FoldPlan.Child]) {
        (keyCells, rowCells) = (table.key.count, table.width + 1)
        childWidths = table.children.map { children[$0].table.width }
    }

    /// Hands over the records that stand, in the order of their keys, each good for that call alone.
    mutating func forEach(_ runs: [RecordRun], _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        try RecordMerge.forEach(runs) { record in
            if !best.isEmpty {
                if isSameKey(record) { return merge(record) }
                try best.withUnsafeBufferPointer(body)
            }
            var reader = RecordReader(record)
            reader.skip(keyCells)
            keyEnd = reader.position
            replace(record)
        }
        if !best.isEmpty { try best.withUnsafeBufferPointer(body) }
        best.removeAll()
    }

    /// Where the rows of each table that are kept with a record's lie in it.
    func lists(of record: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var reader = RecordReader(record)
        reader.skip(rowCells)
        return childWidths.map { width in
            let start = reader.position
            while !reader.endsList() { reader.skip(width) }
            return start..<reader.position
        }
    }

    private func isSameKey(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        record.count >= keyEnd
            && best.withUnsafeBufferPointer { CellOrder.compare(record.part(0..<keyEnd), $0.part(0..<keyEnd)) == 0 }
    }

    private mutating func replace(_ record: UnsafeBufferPointer<UInt8>) {
        best.removeAll(keepingCapacity: true)
        best.append(contentsOf: record)
    }

    /// Takes a record of the same key, which is not lesser as a whole.
    private mutating func merge(_ record: UnsafeBufferPointer<UInt8>) {
        guard childWidths.count > 1 else { return replace(record) }
        // Of equal rows each table's greatest list counts, whatever the others are.
        let lists = lists(of: record)
        let merged: [UInt8]? = best.withUnsafeBufferPointer { best in
            let old = self.lists(of: best)
            let row = record.part(0..<lists[0].lowerBound)
            guard CellOrder.compare(row, best.part(0..<old[0].lowerBound)) == 0 else { return nil }
            return Array(row)
                + zip(lists, old).flatMap { new, old in
                    let (new, old) = (record.part(new), best.part(old))
                    return CellOrder.compare(new, old) < 0 ? old : new
                }
        }
        if let merged { best = merged } else { replace(record) }
    }
}
