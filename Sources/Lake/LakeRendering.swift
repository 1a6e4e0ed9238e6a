import StreamDefinition
import Warehouse

/// One run's new files: writes what has changed into the scratch folder, and says what the manifest will be.
final class LakeRendering {
    /// A new file.
    struct FreshFile: Sendable {
        /// Where it is.
        let source: ScratchFile
        /// Where it goes, from the manifest's folder.
        let path: String
    }

    private let warehouse: any Warehouse
    private let before: LakeManifest?
    private let isFull: Bool
    private let scratch: String
    private let run = LakeLayout.newRun()
    private var fileNumber = 0

    /// The files that are to be stored.
    private(set) var fresh: [FreshFile] = []

    /// - Parameter before: what the lake holds; nil where there is none.
    init(_ warehouse: any Warehouse, before: LakeManifest?, isFull: Bool, scratch: String) {
        (self.warehouse, self.before, self.isFull, self.scratch) = (warehouse, before, isFull, scratch)
    }

    /// Writes the files; gives all tables with the files that they will have.
    func tables(_ progress: (LakeProgress) -> Void) throws -> [LakeManifest.Table] {
        let base = isFull ? nil : try before.flatMap { try $0.mark.holds(in: warehouse) ? $0 : nil }
        let changes = try base.map { try Renewal.changes(in: warehouse, after: $0.mark.watermark) } ?? [:]
        return try warehouse.plans.flatMap { plan in
            try plan.tables.map { table in
                let table = LakeTable(table, of: plan)
                let known = base?.tables.first { $0.name == table.plan.name && table.isLike($0) }
                let renewal = known == nil ? .all : Renewal(of: table, changes: changes)
                let kept = renewal.kept(of: known?.files ?? [])
                let files = kept + (try files(of: table, renewal, progress))
                return LakeManifest.Table(
                    name: table.plan.name, stream: plan.name, columns: table.columns, division: table.division,
                    files: files.sorted { ($0.partition ?? "", $0.path) < ($1.partition ?? "", $1.path) })
            }
        }
    }

    /// Writes what is to be renewed of a table.
    private func files(
        of table: LakeTable, _ renewal: Renewal, _ progress: (LakeProgress) -> Void
    ) throws -> [LakeManifest.File] {
        guard renewal != .none else { return [] }
        let name = table.plan.name
        let writer = TableFiles(table) {
            self.fileNumber += 1
            return "\(self.scratch)/\(self.fileNumber)"
        }
        try writer.write(renewal, from: warehouse) { progress(.reading(table: name, rows: $0)) }
        let written = writer.files
        progress(.written(table: name, rows: written.reduce(0) { $0 + $1.rows }, files: written.count))
        let old = before?.tables.first { $0.name == name }?.files ?? []
        let known = Dictionary(old.map { ($0.sha256, $0) }, uniquingKeysWith: { first, _ in first })
        return try written.map { file in
            // What has come out as it was needs no new file.
            if let same = known[file.sha256], same.partition == file.partition {
                try file.remove()
                return same
            }
            let path = LakeLayout.path(table: name, partition: file.partition, run: run, number: fresh.count)
            fresh.append(FreshFile(source: file, path: path))
            return LakeManifest.File(
                path: path, partition: file.partition, rows: file.rows, byteCount: file.byteCount, sha256: file.sha256)
        }
    }
}
