import Testing

@testable import Warehouse

@Suite struct RecordCodingTests {
    /// A column's values in their order.
    static let columns: [[WarehouseValue]] = [
        integers.map { WarehouseValue($0) }, [nil] + reals.map { .real($0) }, texts.map { WarehouseValue($0) },
    ]
    private static let integers: [Int64?] = [
        nil, .min, .min + 1, -1 << 56, -65_537, -65_536, -65_535, -257, -256, -255, -2, -1, 0, 1, 127, 128, 255, 256,
        65_535,
        65_536, 1 << 56, .max - 1, .max,
    ]
    private static let reals = [-Double.infinity, -1e300, -2, -1, -5e-324, 0, 5e-324, 0.5, 1, 1.5, 1e300, .infinity]
    private static let texts: [String?] = [
        nil, "", "\0", "\0\0", "\0\u{1}", "\0a", "\u{1}", "a", "a\0", "a\0\0", "a\0b", "a\u{1}", "aa", "b", "é",
        "\u{10FFFF}",
    ]

    private static func record(_ values: [WarehouseValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            var texts = TextStore()
            let cell: Cell =
                switch value {
                case .integer(let value): .integer(value)
                case .real(let value): .real(value)
                case .text(let value): .text(Array(value.utf8).withUnsafeBufferPointer { texts.append($0) })
                case .null, .blob: .null
                }
            RecordCoding.append(cell, texts, to: &bytes)
        }
        return bytes
    }

    @Test(arguments: columns) func theOrderOfRecordsIsThatOfTheirCells(column: [WarehouseValue]) {
        let pairs = column.indices.flatMap { first in column.indices.map { (first, $0) } }
        let records = pairs.map { Self.record([column[$0.0], column[$0.1]]) }
        for (left, right) in zip(records, records.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
    }

    @Test(arguments: columns) func aRowIsReadAsItWasWritten(column: [WarehouseValue]) {
        let row = RecordRow(RecordLayout(leading: 1, columns: Array(column.indices)))
        Self.record([7] + column).withUnsafeBufferPointer { record in
            row.load(record)
            for index in column.indices {
                #expect(row.value(index) == column[index])
                #expect(row.isNull(index) == (column[index] == .null))
                #expect(row.integer(index) == column[index].integer ?? row.integer(index))
                #expect(row.real(index) == column[index].real ?? 0)
            }
        }
    }

    /// Of lists that begin alike the shorter comes first.
    @Test func aListComesBeforeALongerOne() {
        let lists = [[1], [1, nil]].map { Self.record($0) + [RecordCoding.endOfList] }
        #expect(lists[0].lexicographicallyPrecedes(lists[1]))
    }
}
