import Warehouse

/// What of a table must be written anew.
enum Renewal: Equatable {
    /// Nothing.
    case none
    /// All rows.
    case all
    /// The rows of these days.
    case days(Set<Int64>)

    /// The files of those there are that can stay.
    func kept(of files: [LakeManifest.File]) -> [LakeManifest.File] {
        switch self {
        case .none: return files
        case .all: return []
        case .days(let days):
            let partitions = Set(days.map(LakeLayout.partition))
            return files.filter { file in file.partition.map { !partitions.contains($0) } ?? false }
        }
    }

    /// What the commits after a watermark have changed of each table, by name.
    static func changes(in warehouse: any Warehouse, after watermark: Int64) throws -> [String: Set<Int64>] {
        var changes: [String: Set<Int64>] = [:]
        try warehouse.forEachRow(
            "SELECT table_name, day FROM changed_days WHERE watermark > $1", [.integer(watermark)]
        ) { row in
            if let table = row.value(0).text { changes[table, default: []].insert(row.integer(1)) }
        }
        return changes
    }

    /// What follows for a table from what has changed.
    init(of table: LakeTable, changes: [String: Set<Int64>]) {
        guard let days = changes[table.plan.name] else {
            self = .none
            return
        }
        self = table.time == nil ? .all : .days(days)
    }
}
