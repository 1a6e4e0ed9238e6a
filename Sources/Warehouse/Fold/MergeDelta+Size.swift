extension MergeDelta {
    /// The bytes of memory that this takes, spare room left out.
    public var byteCount: Int {
        let rows = newest.reduce(0) { $0 + $1.byteCount } + (owners?.byteCount ?? 0)
        return rows + children.reduce(0) { $0 + $1.byteCount } + (revisions?.byteCount ?? 0) + texts.bytes.count
    }
}

extension NewestRows {
    /// The bytes of memory that this takes.
    var byteCount: Int {
        cells.count * MemoryLayout<Cell>.stride + times.count * MemoryLayout<Int64>.stride + index.byteCount
    }
}

extension ChildRows {
    /// The bytes of memory that this takes.
    var byteCount: Int {
        cells.count * MemoryLayout<Cell>.stride + ranges.count * MemoryLayout<Range<Int>>.stride
    }
}

extension RevisionRows {
    /// The bytes of memory that this takes.
    var byteCount: Int {
        rows.byteCount + splits.byteCount + regions.byteCount + categories.byteCount
            + counted.count * MemoryLayout<Counted>.stride + categoryNumbers.count * MemoryLayout<UInt32>.stride
    }
}

extension RowIndex {
    /// The bytes of memory that this takes.
    var byteCount: Int {
        places.count * MemoryLayout<UInt64>.stride + hashes.count * MemoryLayout<Int>.stride
    }
}
