import Scoring
import Warehouse

/// The elements of one list in the warehouse, by their owner's key; the last owners seen are kept in memory.
final class ListCache {
    /// An owner's elements; the texts of its values lie in memory of its own.
    private final class Elements {
        let values: [FeatureValue]
        let count: Int
        private let texts: UnsafeMutableBufferPointer<UInt8>

        init(rows: [[WarehouseValue]], width: Int, truths: Set<Int>) {
            let size = rows.joined().reduce(0) { $0 + ($1.text?.utf8.count ?? 0) }
            let texts = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
            var end = 0
            var values: [FeatureValue] = []
            for value in rows.joined() {
                guard let text = value.text else {
                    values.append(FeatureValue(value, isTruth: truths.contains(values.count % width)))
                    continue
                }
                let start = end
                for byte in text.utf8 {
                    texts[end] = byte
                    end += 1
                }
                values.append(.text(UnsafeBufferPointer(rebasing: texts[start..<end])))
            }
            self.texts = texts
            self.values = values
            count = rows.count
        }

        deinit {
            texts.deallocate()
        }
    }

    /// The most values kept; past it the cache starts anew.
    private static let maximumValues = 1 << 20

    private let warehouse: any Warehouse
    private let sql: String
    private let width: Int
    private let truths: Set<Int>
    private var known: [[WarehouseValue]: Elements] = [:]
    private var valueCount = 0
    private var current: (key: [WarehouseValue], elements: Elements)?

    /// - Parameter width: how many values an element has.
    init(_ query: HistoryQuery.ListQuery, width: Int, in warehouse: any Warehouse) {
        self.warehouse = warehouse
        sql = query.sql
        self.width = width
        truths = query.truths
    }

    /// The elements of that owner, flat, and their number. They are good until the next call.
    func elements(of key: [WarehouseValue]) throws -> (values: [FeatureValue], count: Int) {
        if let current, current.key == key { return (current.elements.values, current.elements.count) }
        let elements = try known[key] ?? read(key)
        current = (key, elements)
        return (elements.values, elements.count)
    }

    private func read(_ key: [WarehouseValue]) throws -> Elements {
        var rows: [[WarehouseValue]] = []
        if !key.contains(.null) {
            try warehouse.forEachRow(sql, key) { row in rows.append((0..<width).map { row.value($0) }) }
        }
        let elements = Elements(rows: rows, width: width, truths: truths)
        valueCount += elements.values.count + 1
        if valueCount > Self.maximumValues {
            known.removeAll(keepingCapacity: true)
            valueCount = elements.values.count + 1
        }
        known[key] = elements
        return elements
    }
}

extension FeatureValue {
    /// The value of a column; a text is not taken, for nothing would keep its bytes.
    /// - Parameter isTruth: the column holds 1 for true and 0 for false.
    init(_ value: WarehouseValue, isTruth: Bool) {
        switch value {
        case .integer(let integer) where isTruth: self = .boolean(integer != 0)
        case .integer(let integer): self = .integer(integer)
        case .real(let number): self = .number(number)
        case .null, .text, .blob: self = .missing
        }
    }
}
