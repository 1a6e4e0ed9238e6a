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

    /// The tables of streams.
    static func all(of plans: [StreamPlan]) -> [LakeTable] {
        plans.flatMap { plan in plan.tables.map { LakeTable($0, of: plan) } }
    }

    /// The table with these files.
    func manifest(files: [LakeManifest.File]) -> LakeManifest.Table {
        LakeManifest.Table(
            name: plan.name, stream: stream.name, columns: columns, division: division,
            files: files.sorted { ($0.partition ?? "", $0.path) < ($1.partition ?? "", $1.path) })
    }

    /// In which order tables are made where one waits for another: the latest wait until the revisions are sorted.
    var rank: Int {
        switch plan.keep {
        case .revisions: 0
        case .newest: 1
        case .latest: 2
        case .with: 3
        }
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
