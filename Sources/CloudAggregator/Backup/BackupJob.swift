import Cryptography
import ObjectStore
import SQLite
import StreamDefinition
import Warehouse

/// Copies the cloud's databases and models into the object store, whether or not the server runs.
public struct BackupJob {
    /// What a backup has come to.
    public struct Summary: CustomStringConvertible {
        /// The backup.
        public let manifest: BackupManifest
        /// The older backups that were removed.
        public let removed: [String]
        let place: String

        /// Lines for an operator.
        public var description: String {
            let rows = manifest.tables.reduce(0) { $0 + $1.rows }
            let bytes = manifest.files.reduce(0) { $0 + $1.byteCount }
            let first =
                "backup \(manifest.name) in \(place): \(manifest.files.count) files, \(bytes) bytes packed into "
                + "\(manifest.packedByteCount); watermark \(manifest.watermark), \(rows) rows\n"
            return first + removed.map { "removed backup \($0)\n" }.joined()
        }
    }

    private let configuration: CloudConfiguration
    private let plans: [StreamPlan]
    private let state: StateFolder
    private let key: PrivateKey
    private let shelf: BackupShelf

    /// Opens what a backup needs.
    ///
    /// - Parameter folder: where the backup goes; nil for where the raw batches are.
    public init(_ configuration: CloudConfiguration, to folder: String? = nil) throws {
        self.configuration = configuration
        plans = try configuration.plans()
        state = try StateFolder(configuration.state)
        key = try KeyRing.receiptKey(configuration)
        shelf = BackupShelf(store: try configuration.backupStore(folder), key: key.publicKey)
    }

    /// Makes a backup, and removes the oldest so that `keep` are left; nil keeps all.
    ///
    /// - Parameter progress: told from time to time how many percent of the warehouse are copied.
    public func run(
        keep: Int? = nil, clock: WallClock = .system, progress: (Int) -> Void = { _ in }
    ) throws -> Summary {
        let now = clock.milliseconds
        let name = BackupShelf.name(at: now)
        let scratch = try ScratchFolder(state.path + "/backup.tmp")
        // The fleet after the warehouse, so that it knows every device and epoch of the ledger.
        let warehouse = "\(scratch.path)/\(StateFolder.warehouseName)"
        try copy(configuration.warehouseFile(), to: warehouse, progress: progress)
        let fleet = "\(scratch.path)/\(StateFolder.fleetName)"
        try copy(state.fleet, to: fleet) { _ in }
        let (watermark, tables) = try inspect(warehouse)

        var files: [BackupManifest.File] = []
        for file in [StateFolder.warehouseName, StateFolder.fleetName] {
            files.append(try put("\(scratch.path)/\(file)", as: file, in: name, scratch))
        }
        for model in try FleetStore(path: fleet).models() {
            let file = StateFolder.modelKey(stream: model.stream, version: model.version)
            files.append(try put("\(state.path)/\(file)", as: file, in: name, scratch))
        }
        let manifest = BackupManifest(
            fleet: configuration.fleet, name: name, createdMilliseconds: now, watermark: watermark, tables: tables,
            files: files)
        try shelf.store.put(manifest.signed(by: key), key: shelf.manifestKey(name), .replace)
        return Summary(
            manifest: manifest, removed: try keep.map(shelf.prune) ?? [], place: shelf.store.place)
    }

    private func copy(_ source: String, to target: String, progress: (Int) -> Void) throws {
        var percent = 0
        try SQLiteDatabase(path: source, access: .readOnly).copy(to: target) { done, total in
            let now = total == 0 ? 100 : done * 100 / total
            if now >= percent + 10 {
                percent = now
                progress(now)
            }
        }
        if let damage = try SQLiteDatabase(path: target, access: .readOnly).damage() {
            throw CloudError.damaged(path: source, reason: damage)
        }
    }

    private func inspect(_ path: String) throws -> (watermark: Int64, tables: [TableDigest]) {
        let warehouse = try WarehouseLocation.sqlite(path: path).open(plans, access: .readOnly)
        return try (warehouse.watermark, warehouse.digests())
    }

    private func put(
        _ path: String, as file: String, in name: String, _ scratch: ScratchFolder
    ) throws -> BackupManifest.File {
        let packed = "\(scratch.path)/packed"
        let content = try PackedFile.pack(path, to: packed)
        let byteCount = try PackedFile.byteCount(of: packed)
        try shelf.store.put(file: packed, key: shelf.key(of: file, in: name))
        return BackupManifest.File(
            name: file, byteCount: content.byteCount, sha256: content.sha256, packedByteCount: byteCount)
    }
}
