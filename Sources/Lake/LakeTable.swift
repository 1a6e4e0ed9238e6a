import Parquet
import StreamDefinition
import Warehouse

/// A table of the warehouse as it is in the lake: its columns, its division by days, the order of its rows.
struct LakeTable: Sendable {
    let stream: StreamPlan
    let plan: TablePlan
    let columns: [ParquetColumn]
    /// The position of the time by which the table is divided; nil for a table of things.
    let time: Int?
    let days: UTCDays

    init(_ plan: TablePlan, of stream: StreamPlan) {
        (self.stream, self.plan) = (stream, plan)
        columns = plan.columns.map { column in
            let isNeeded = column.isRequired || plan.key.contains(column.name)
            return ParquetColumn(column.name, .init(column.type), isOptional: !isNeeded)
        }
        let time = stream.eventTime(of: plan)
        self.time = plan.columns.firstIndex { $0 == time }
        days = UTCDays(stream.unit)
    }

    var division: LakeManifest.Division? {
        time.map { .init(column: plan.columns[$0].name, unit: stream.unit.rawValue) }
    }

    /// Whether `other` has the same columns and division, so that its files can stay.
    func isLike(_ other: LakeManifest.Table) -> Bool {
        other.stream == stream.name && other.columns == columns && other.division == division
    }
}

extension ParquetColumn.Kind {
    fileprivate init(_ type: ColumnPlan.ColumnType) {
        switch type {
        case .integer: self = .integer
        case .text: self = .text
        case .coordinate, .real: self = .real
        case .boolean: self = .truth
        }
    }
}
