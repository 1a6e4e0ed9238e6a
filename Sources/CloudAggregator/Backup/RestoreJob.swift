import Cryptography
import FleetProtocol
import Glibc
import Logging
import ObjectStore
import SQLite
import StreamDefinition
import Warehouse

/// Puts the cloud back to a backup, and then forward to what has come since: devices by their records, batches by the raw
/// store. No server may run meanwhile, nor start before it is done.
///
/// In this order, so that it can be killed anywhere and run again: all files are fetched and verified beside the state;
/// the mark is set that keeps a server off; what was there moves into the folder `replaced-{time}`; the new files take its
/// place; the raw batches that the restored ledger lacks are merged; the mark goes.
public struct RestoreJob {
    /// What a restore has come to.
    public struct Summary: CustomStringConvertible {
        /// The backup.
        public let manifest: BackupManifest
        /// Devices that are recorded, and invitations that are void now.
        public let devices, withdrawnInvitations: Int
        /// What became of the raw batches that came after the backup.
        public let caughtUp: ImportJob.Summary
        /// Where that is which was there before; nil where nothing was.
        public let replaced: String?

        /// Lines for an operator.
        public var description: String {
            let rows = manifest.tables.reduce(0) { $0 + $1.rows }
            let old = replaced.map { "what was there is in \($0)\n" } ?? ""
            return "restored backup \(manifest.name): watermark \(manifest.watermark), \(rows) rows\n\(old)"
                + "\(devices) devices by their records; \(withdrawnInvitations) open invitations withdrawn\n"
                + "raw batches that came after it: \(caughtUp)\n"
        }
    }

    private let configuration: CloudConfiguration
    private let plans: [StreamPlan]
    private let state: StateFolder
    private let shelf: BackupShelf
    private let records: DeviceRecords
    private let logger: Logger

    /// Opens what a restore needs.
    ///
    /// - Parameter folder: where the backups are; nil for where the raw batches are.
    public init(_ configuration: CloudConfiguration, from folder: String? = nil, logger: Logger) throws {
        (self.configuration, self.logger) = (configuration, logger)
        plans = try configuration.plans()
        state = try StateFolder(configuration.state)
        let key = try KeyRing.receiptKey(configuration)
        shelf = BackupShelf(store: try configuration.backupStore(folder), key: key.publicKey)
        records = DeviceRecords(store: try configuration.objects(), key: key)
    }

    /// Restores the backup of that name, or the newest.
    ///
    /// - Parameters:
    ///   - isReplacing: whether databases that are there may be set aside.
    ///   - complain: told of each record or raw batch that is not taken: its key and why.
    public func run(
        _ name: String?, isReplacing: Bool, clock: WallClock = .system, complain: (String, String) -> Void
    ) async throws -> Summary {
        let lock = try ServeLock(state.path)
        defer { withExtendedLifetime(lock) {} }
        let mark = RestoreMark(state.path)
        let existing = Self.databaseFiles.filter { access("\(state.path)/\($0)", F_OK) == 0 }
        guard existing.isEmpty || isReplacing || mark.isSet else {
            throw CloudError.stateExists(path: "\(state.path)/\(existing[0])")
        }
        guard let name = try name ?? shelf.names().last else {
            throw CloudError.noSuchBackup("", place: shelf.store.place)
        }
        let manifest = try shelf.manifest(name)
        let scratch = try ScratchFolder(state.path + "/restore.tmp")
        try fetch(manifest, into: scratch)
        let (devices, withdrawn) = try bringUpToDate(
            fleet: scratch.file(of: StateFolder.fleetName, in: manifest), complain)

        try mark.set()
        let replaced = try setAside(existing, at: clock.milliseconds)
        try moveInPlace(manifest, from: scratch)
        let caughtUp = try await ImportJob(configuration, logger: logger).catchUp(complain: complain)
        try mark.remove()
        return Summary(
            manifest: manifest, devices: devices, withdrawnInvitations: withdrawn, caughtUp: caughtUp,
            replaced: replaced)
    }

    /// The databases, and what SQLite may have left beside them.
    private static let databaseFiles = [StateFolder.warehouseName, StateFolder.fleetName].flatMap { name in
        ["", "-wal", "-shm"].map { name + $0 }
    }

    /// Fetches and unpacks all files, and finds them to be what the manifest says.
    private func fetch(_ manifest: BackupManifest, into scratch: ScratchFolder) throws {
        guard manifest.fleet == configuration.fleet else {
            throw CloudError.damagedBackup(manifest.name, reason: "it is of the fleet '\(manifest.fleet)'")
        }
        for file in manifest.files {
            let packed = "\(scratch.path)/packed"
            try shelf.store.get(shelf.key(of: file.name, in: manifest.name), to: packed)
            let content = try PackedFile.unpack(
                packed, to: scratch.file(of: file.name, in: manifest), limit: file.byteCount)
            guard content.byteCount == file.byteCount, content.sha256 == file.sha256 else {
                throw CloudError.damagedBackup(manifest.name, reason: "'\(file.name)' is not what its manifest says")
            }
        }
        let path = try scratch.file(of: StateFolder.warehouseName, in: manifest)
        if let damage = try SQLiteDatabase(path: path, access: .readOnly).damage() {
            throw CloudError.damagedBackup(manifest.name, reason: damage)
        }
        let warehouse = try WarehouseLocation.sqlite(path: path).open(plans, access: .readOnly)
        let tables = try warehouse.digests().map(BackupManifest.Table.init)
        guard try warehouse.watermark == manifest.watermark, tables == manifest.tables else {
            throw CloudError.damagedBackup(manifest.name, reason: "its tables are not those that its manifest names")
        }
    }

    /// What devices and operators were told since the backup holds.
    private func bringUpToDate(
        fleet path: String, _ complain: (String, String) -> Void
    ) throws -> (devices: Int, withdrawn: Int) {
        let fleet = try FleetStore(path: path)
        var devices = 0
        try records.forEach(complain: complain) { device in
            try fleet.adopt(device)
            devices += 1
        }
        return (devices, try fleet.withdrawInvitations())
    }

    private func setAside(_ files: [String], at now: Int64) throws -> String? {
        guard !files.isEmpty else { return nil }
        let folder = "\(state.path)/replaced-\(BackupShelf.name(at: now))"
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw Self.failure("create", folder) }
        for name in files { try Self.move("\(state.path)/\(name)", to: "\(folder)/\(name)") }
        try RestoreMark.synchronize(folder)
        try RestoreMark.synchronize(state.path)
        return folder
    }

    /// The models first, the warehouse last.
    private func moveInPlace(_ manifest: BackupManifest, from scratch: ScratchFolder) throws {
        for file in manifest.files.reversed() {
            let source = try scratch.file(of: file.name, in: manifest)
            if Self.databaseFiles.contains(file.name) {
                try RestoreMark.synchronize(source)
                try Self.move(source, to: "\(state.path)/\(file.name)")
            } else {
                try state.files.put(file: source, key: file.name)
            }
        }
        try RestoreMark.synchronize(state.path)
    }

    private static func move(_ source: String, to target: String) throws(CloudError) {
        guard rename(source, target) == 0 else { throw failure("move", source) }
    }

    private static func failure(_ operation: String, _ path: String) -> CloudError {
        .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}

extension ScratchFolder {
    /// Where a file of a backup is unpacked to.
    fileprivate func file(of name: String, in manifest: BackupManifest) throws(CloudError) -> String {
        guard let index = manifest.files.firstIndex(where: { $0.name == name }) else {
            throw .damagedBackup(manifest.name, reason: "it holds no '\(name)'")
        }
        return "\(path)/\(index)"
    }
}
