/// Where the rows of a list's elements were found the last time, by the row of the thing whose list it is.
///
/// The messages of one thing, such as a group with its topics, mostly bring the same list. A hint saves the search for each
/// element's row; it may be wrong, and is held against the element each time.
struct ListHints: Sendable {
    private var ranges: [Range<Int>] = []
    private var numbers: [UInt32] = []

    /// The row where an element was found, of a list of so many; nil where nothing is known.
    @inline(__always)
    func row(of element: Int, in owner: Int, count: Int) -> Int? {
        guard owner < ranges.count, ranges[owner].count == count else { return nil }
        return Int(numbers[ranges[owner].lowerBound + element])
    }

    /// Notes where an element was found; those before it are noted already.
    mutating func note(_ number: Int, of element: Int, in owner: Int, count: Int) {
        while ranges.count <= owner { ranges.append(0..<0) }
        if ranges[owner].count != count {
            ranges[owner] = numbers.count..<numbers.count + count
            for _ in 0..<count { numbers.append(UInt32(number)) }
        }
        numbers[ranges[owner].lowerBound + element] = UInt32(number)
    }
}
