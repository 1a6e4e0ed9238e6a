import JSON
import Scoring
import StreamDefinition
import Warehouse

/// A stream's history as examples: the slots of each labelled revision, oldest first, at constant memory.
final class History {
    /// A revision with a label.
    struct Example {
        let label: Bool
        let time: Int64
        /// The hashed group of the baseline, 0 where none is declared.
        let group: Int
    }

    /// How many examples there are.
    struct Counts {
        let examples: Int64
        let positives: Int64
        /// Those later than the time asked for.
        let later: Int64
    }

    /// Makes slots of the rows; holds those of the example at hand.
    private(set) var extractor: FeatureExtractor

    private let warehouse: any Warehouse
    private let query: HistoryQuery
    private let label: LabelSpecification
    private let lists: [ListCache]
    private var groupExtractor: FeatureExtractor?

    /// The history as a model of those features sees it.
    init(
        _ plan: StreamPlan, features: FeatureSpecification, label: LabelSpecification, baseline: JSONPath? = nil,
        in warehouse: any Warehouse
    ) throws {
        extractor = FeatureExtractor(features)
        let layout = extractor.layout
        let query = try HistoryQuery(plan, label: label, layout: layout, baseline: baseline)
        lists = query.lists.enumerated().map { index, list in
            ListCache(list, width: index < layout.lists.count ? layout.lists[index].columns.count : 0, in: warehouse)
        }
        groupExtractor = baseline.map { path in
            FeatureExtractor(FeatureSpecification(features: [Feature(name: "", operands: [.init(path: .event(path))])]))
        }
        self.warehouse = warehouse
        self.query = query
        self.label = label
    }

    /// The number of examples, and of those later than `time`.
    func counts(after time: Int64 = .max) throws -> Counts {
        let parameters = positives + [.integer(time)] + positives + negatives
        var counts = Counts(examples: 0, positives: 0, later: 0)
        try warehouse.forEachRow(query.countSQL, parameters) { row in
            counts = Counts(examples: row.integer(0), positives: row.integer(1), later: row.integer(2))
        }
        return counts
    }

    /// Hands over the examples from number `first` on; while `body` runs, the extractor holds their slots and inputs.
    func forEachExample(from first: Int64 = 0, _ body: (Example) throws -> Void) throws {
        let parameters = positives + positives + negatives + [.integer(first)]
        try warehouse.forEachRow(query.sql, parameters) { row in
            try fill(from: row)
            extractor.extract()
            try body(
                Example(
                    label: row.integer(query.labelColumn) == 1, time: row.integer(query.timeColumn),
                    group: group(of: row)))
        }
    }

    private func fill(from row: any WarehouseRow) throws {
        for (index, column) in query.valueColumns.enumerated() {
            extractor.inputs.values[index] = FeatureValue(row, column, isTruth: query.truths.contains(column))
        }
        for (index, list) in query.lists.enumerated() {
            let elements = try lists[index].elements(of: list.keyColumns.map { row.value($0) })
            if index < extractor.layout.lists.count {
                extractor.inputs.lists[index] = elements.values
            } else {
                let position = extractor.layout.values.count + index - extractor.layout.lists.count
                extractor.inputs.values[position] = .list(count: Int64(elements.count))
            }
        }
    }

    private func group(of row: any WarehouseRow) -> Int {
        guard let column = query.groupColumn else { return 0 }
        groupExtractor?.inputs.values[0] = FeatureValue(row, column, isTruth: query.truths.contains(column))
        groupExtractor?.extract()
        return groupExtractor?.slots.slots.first ?? 0
    }

    private var positives: [WarehouseValue] { label.positive.compactMap(\.column) }
    private var negatives: [WarehouseValue] { label.negative.compactMap(\.column) }
}

extension FeatureValue {
    /// The value of a column of the current row, good until the next one.
    fileprivate init(_ row: any WarehouseRow, _ column: Int, isTruth: Bool) {
        self = row.withText(column) { .text($0) } ?? FeatureValue(row.value(column), isTruth: isTruth)
    }
}

extension JSONValue {
    /// How a label's value stands in a column.
    fileprivate var column: WarehouseValue? {
        switch self {
        case .string(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .boolean(let boolean): .integer(boolean ? 1 : 0)
        default: nil
        }
    }
}
