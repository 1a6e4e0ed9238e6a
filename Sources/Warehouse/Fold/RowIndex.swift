/// Finds rows by the hash of their key: open addressing over row numbers, at most half full.
struct RowIndex: Sendable {
    /// What a row takes at least.
    static let bytesPerRow = 2 * MemoryLayout<UInt64>.stride + MemoryLayout<Int>.stride

    /// The upper half of the hash above, the row's number plus one below; zero for a free place.
    private(set) var places: [UInt64] = []
    /// The hash of each row.
    private(set) var hashes: [Int] = []

    /// The row of that hash for which `isEqual` holds.
    @inline(__always)
    func find(_ hash: Int, _ isEqual: (Int) -> Bool) -> Int? {
        guard !places.isEmpty else { return nil }
        let (mask, tag) = (places.count - 1, Self.tag(hash))
        var place = hash & mask
        while places[place] != 0 {
            if places[place] & Self.tagMask == tag {
                let row = Int(places[place] & ~Self.tagMask) - 1
                if isEqual(row) { return row }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds the next row; rows are numbered from 0.
    mutating func append(hash: Int) {
        let row = hashes.count
        precondition(row < Int(UInt32.max), "a batch has fewer than 2^32 rows")
        hashes.append(hash)
        if hashes.count * 2 > places.count {
            places = Array(repeating: 0, count: max(16, places.count * 2))
            for row in hashes.indices { place(row, hashes[row]) }
        } else {
            place(row, hash)
        }
    }

    /// Forgets all rows, and keeps the room for others.
    mutating func removeAll() {
        for place in places.indices { places[place] = 0 }
        hashes.removeAll(keepingCapacity: true)
    }

    private mutating func place(_ row: Int, _ hash: Int) {
        let mask = places.count - 1
        var place = hash & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = Self.tag(hash) | UInt64(row + 1)
    }

    private static let tagMask: UInt64 = 0xFFFF_FFFF_0000_0000

    @inline(__always)
    private static func tag(_ hash: Int) -> UInt64 {
        UInt64(bitPattern: Int64(hash)) & tagMask
    }
}
