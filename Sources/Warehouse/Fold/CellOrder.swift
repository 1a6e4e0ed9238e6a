import Glibc

/// The order of values that decides between messages of the same time: null before numbers before text, numbers by
/// size, texts by their UTF-8 bytes.
enum CellOrder {
    /// Below zero where `left` comes first, zero where they are equal.
    static func compare(
        _ left: Cell, _ leftTexts: TextStore, _ right: Cell, _ rightTexts: TextStore
    ) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.text(let left), .text(let right)):
            leftTexts.withText(left) { left in rightTexts.withText(right) { compare(left, $0) } }
        case (.real(let left), .real(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.integer(let left), .real(let right)): Double(left) < right ? -1 : Double(left) == right ? 0 : 1
        case (.real(let left), .integer(let right)): left < Double(right) ? -1 : left == Double(right) ? 0 : 1
        default: rank(left) - rank(right)
        }
    }

    /// Texts by their bytes, the shorter first where it begins the longer.
    static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let common = min(left.count, right.count)
        if common > 0, let left = left.baseAddress, let right = right.baseAddress {
            let order = memcmp(left, right, common)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
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
    static func compare(_ left: Cell, _ right: Cell, _ texts: TextView) -> Int {
        if case .text(let left) = left, case .text(let right) = right { return compare(texts[left], texts[right]) }
        let empty = TextStore()
        return compare(left, empty, right, empty)
    }

    private static func rank(_ cell: Cell) -> Int {
        switch cell {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        }
    }
}
