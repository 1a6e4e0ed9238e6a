import Testing

@testable import Warehouse

/// Orders that grow with their rows.
@Suite struct RowOrderTests {
    /// Cells of one column that are hard to tell apart.
    private static let columns: [[String?]] = [
        [nil, "-9223372036854775808", "-1", "0", "1", "9223372036854775807"],
        [nil, "", "a", "ab", "eight by", "eight by ", "eight by te", "eight by tes", "\u{00E9}", "a\u{0}"],
    ]

    private static func cell(_ column: Int, _ text: String?, _ texts: inout TextStore) -> Cell {
        guard let text else { return .null }
        if column == 0 { return Int64(text).map { .integer($0) } ?? .null }
        return .text(Array(text.utf8).withUnsafeBufferPointer { texts.append($0) })
    }

    @Test(arguments: [[0, 1], [1, 0], [1], [0]], 1...5 as ClosedRange<UInt64>)
    func rowsThatComeInStepsAreInTheOrderOfAll(columns: [Int], seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (source, texts) = (TextStore(), TextStore())
        var rows = NewestRows(width: 2, key: columns)
        var order = RowOrder(by: columns)
        for step in 1...120 {
            let row = (0..<2).map { column in
                Self.cell(column, Self.columns[column].randomElement(using: &random) ?? nil, &source)
            }
            _ = rows.offer(row, time: Int64(step), from: source, into: &texts)
            if Int.random(in: 0..<7, using: &random) == 0 { texts.withView { order.grow(to: rows, $0) } }
        }
        texts.withView { order.grow(to: rows, $0) }
        let numbers = Array(order.numbers)
        #expect(numbers.sorted() == Array(0..<rows.count), "seed \(seed)")
        for (left, right) in zip(numbers, numbers.dropFirst()) {
            let orders = columns.map { column in
                CellOrder.compare(rows.cells[left * 2 + column], texts, rows.cells[right * 2 + column], texts)
            }
            #expect((orders.first { $0 != 0 } ?? 0) < 0, "seed \(seed)")
        }
    }
}
