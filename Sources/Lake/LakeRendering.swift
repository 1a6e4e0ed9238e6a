import StreamDefinition
import Synchronization
import Warehouse

/// One run's new files: writes what has changed into the scratch folder, and says what the manifest will be.
final class LakeRendering: Sendable {
    /// A new file.
    struct FreshFile: Sendable {
        /// Where it is.
        let source: ScratchFile
        /// Where it goes, from the manifest's folder.
        let path: String
    }

    private let before: LakeManifest?
    private let isFull: Bool
    private let scratch: String
    private let run = LakeLayout.newRun()
    private let fileNumber = Atomic(0)
    private let files = Mutex<[FreshFile]>([])

    /// The files that are to be stored.
    var fresh: [FreshFile] { files.withLock { $0 } }

    /// - Parameter before: what the lake holds; nil where there is none.
    init(before: LakeManifest?, isFull: Bool, scratch: String) {
        (self.before, self.isFull, self.scratch) = (before, isFull, scratch)
    }

    /// Writes what has changed in a warehouse; gives all tables with the files that they will have.
    func tables(of warehouse: any Warehouse, _ progress: (LakeProgress) -> Void) throws -> [LakeManifest.Table] {
        let base = isFull ? nil : try before.flatMap { try $0.mark.holds(in: warehouse) ? $0 : nil }
        let changes = try base.map { try Renewal.changes(in: warehouse, after: $0.mark.watermark) } ?? [:]
        return try LakeTable.all(of: warehouse.plans).map { table in
            let known = base?.tables.first { $0.name == table.plan.name && table.isLike($0) }
            let renewal = known == nil ? .all : Renewal(of: table, changes: changes)
            let kept = renewal.kept(of: known?.files ?? [])
            let fresh =
                renewal == .none
                ? [] : try write(table, progress) { try $0.write(renewal, from: warehouse, progress) }
            return table.manifest(files: kept + fresh)
        }
    }

    /// Writes all rows of tables that were made without a warehouse, several tables at a time.
    func tables(
        of folded: FoldedTables, _ progress: @Sendable (LakeProgress) -> Void
    ) throws -> [LakeManifest.Table] {
        let tables = LakeTable.all(of: folded.plans)
        let finished = Mutex<[String: LakeManifest.Table]>([:])
        // The revisions first: while they are sorted, others are written.
        let order = tables.sorted { $0.rank < $1.rank }
        try ParallelCalls.forEach(order, limit: ParallelCalls.computing) { table in
            let files = try write(table, progress) { try $0.write(from: folded, progress) }
            finished.withLock { $0[table.plan.name] = table.manifest(files: files) }
        }
        return finished.withLock { finished in tables.compactMap { finished[$0.plan.name] } }
    }

    /// Writes rows of a table; gives their files.
    private func write(
        _ table: LakeTable, _ progress: (LakeProgress) -> Void, _ rows: (TableFiles) throws -> Void
    ) throws -> [LakeManifest.File] {
        let name = table.plan.name
        let writer = TableFiles(table) {
            "\(self.scratch)/\(self.fileNumber.add(1, ordering: .relaxed).newValue)"
        }
        try rows(writer)
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
            return keep(file, of: name)
        }
    }

    /// Has a new file stored.
    private func keep(_ file: ScratchFile, of table: String) -> LakeManifest.File {
        files.withLock { files in
            let path = LakeLayout.path(table: table, partition: file.partition, run: run, number: files.count)
            files.append(FreshFile(source: file, path: path))
            return LakeManifest.File(
                path: path, partition: file.partition, rows: file.rows, byteCount: file.byteCount, sha256: file.sha256)
        }
    }
}
