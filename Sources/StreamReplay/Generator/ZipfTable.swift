/// Draws ranks with the weights 1 / (rank + offset), by binary search in their integer running sums.
struct ZipfTable {
    private let sums: [UInt64]

    /// - Parameters:
    ///   - count: how many ranks there are, counted from 0.
    ///   - offset: flattens the head (Zipf-Mandelbrot): the first rank's share falls as it grows. At least 1.
    init(count: Int, offset: Int) {
        precondition(count > 0 && offset > 0, "a Zipf table has ranks and finite weights")
        var sums: [UInt64] = []
        sums.reserveCapacity(count)
        var sum: UInt64 = 0
        for rank in 0..<count {
            sum += (1 << 40) / UInt64(rank + offset)
            sums.append(sum)
        }
        self.sums = sums
    }

    /// The ranks there are.
    var count: Int { sums.count }

    /// A rank, the small ones more often.
    func draw(_ dice: inout SplitMix64) -> Int {
        let point = UInt64(dice.below(Int(sums[sums.count - 1])))
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= point {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
