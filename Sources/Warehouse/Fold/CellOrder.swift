import Glibc

/// The order of values that decides between messages of the same time: null before numbers before text, numbers by
/// size, texts by their UTF-8 bytes.
enum CellOrder {
    /// Below zero where `left` comes first, zero where they are equal.
    static func compare(
        _ left: Cell, _ leftTexts: TextStore, _ right: Cell, _ rightTexts: TextStore
    ) -> Int {
        leftTexts.withView { leftTexts in rightTexts.withView { compare(left, leftTexts, right, $0) } }
    }

    /// The order of cells whose texts stand still.
    @inline(__always)
    static func compare(_ left: Cell, _ leftTexts: TextView, _ right: Cell, _ rightTexts: TextView) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.text(let left), .text(let right)): compare(leftTexts[left], rightTexts[right])
        case (.real(let left), .real(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.integer(let left), .real(let right)): Double(left) < right ? -1 : Double(left) == right ? 0 : 1
        case (.real(let left), .integer(let right)): left < Double(right) ? -1 : left == Double(right) ? 0 : 1
        default: rank(left) - rank(right)
        }
    }

    /// Whether cells are equal in their order.
    @inline(__always)
    static func isEqual(_ left: Cell, _ leftTexts: TextView, _ right: Cell, _ rightTexts: TextView) -> Bool {
        if case .text(let left) = left, case .text(let right) = right {
            return left.count == right.count && compare(leftTexts[left], rightTexts[right]) == 0
        }
        return compare(left, leftTexts, right, rightTexts) == 0
    }

    /// Texts by their bytes, the shorter first where it begins the longer.
    @inline(__always)
    static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let common = min(left.count, right.count)
        if common > 0, let left = left.baseAddress, let right = right.baseAddress {
            let order = memcmp(left, right, common)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }

    /// The first eight bytes as a number, the first the highest; where there are fewer, zeros. It is less only where the
    /// bytes come first.
    @inline(__always)
    static func beginning(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        if bytes.count >= 8 {
            return UInt64(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt64.self))
        }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) } << UInt64(8 * (8 - bytes.count))
    }

    /// The order of two rows of the same width, column by column.
    static func compare(
        _ left: ArraySlice<Cell>, _ leftTexts: TextStore, _ right: ArraySlice<Cell>,
        _ rightTexts: TextStore
    ) -> Int {
        for (left, right) in zip(left, right) {
            let order = compare(left, leftTexts, right, rightTexts)
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    /// The order of two cells of one store.
    @inline(__always)
    static func compare(_ left: Cell, _ right: Cell, _ texts: TextView) -> Int {
        compare(left, texts, right, texts)
    }

    private static func rank(_ cell: Cell) -> Int {
        switch cell {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        }
    }
}
