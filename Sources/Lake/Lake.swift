import ObjectStore
import Warehouse

/// A copy of all tables as files of Parquet in an object store, laid out as `LakeLayout` says.
///
/// It is renewed in an order that leaves it whole whatever happens: new files under new names, then the manifest in the
/// place of the old one, then old files go. A run that is cut off leaves the old state, and files that no manifest names;
/// the next run removes those. Where a file is gone or cut short, its table is written anew.
///
/// Not for two programs at a time on one lake: each would take the other's new files for leftovers.
public struct Lake {
    private let store: any ObjectStore
    private let layout: LakeLayout
    private let fleet: String
    private let graceMilliseconds: Int64
    private let scratch: String

    /// The files between two reports while they are stored.
    private static let storedInterval = 100

    /// - Parameters:
    ///   - store: where the lake is.
    ///   - prefix: what all its keys begin with: empty, or a folder and its slash.
    ///   - fleet: the fleet; a lake of another one is left alone.
    ///   - graceMilliseconds: how long files that are superseded stay for readers that have begun. A reader that takes all
    ///     files there are, instead of those of the manifest, needs 0.
    ///   - scratch: an empty folder, into which the new files are written before they are stored.
    public init(
        in store: any ObjectStore, prefix: String, fleet: String, graceMilliseconds: Int64, scratch: String
    ) {
        (self.store, layout, self.fleet) = (store, LakeLayout(prefix: prefix), fleet)
        (self.graceMilliseconds, self.scratch) = (graceMilliseconds, scratch)
    }

    /// Brings the lake up to date with the warehouse.
    ///
    /// - Parameters:
    ///   - isFull: writes all anew, instead of what has changed since the last time.
    ///   - now: the time, in milliseconds since 1970.
    public func renew(
        from warehouse: any Warehouse, isFull: Bool, now: Int64, progress: @Sendable (LakeProgress) -> Void = { _ in }
    ) throws -> LakeSummary {
        try renew(isFull: isFull, now: now, progress) { rendering in
            try warehouse.snapshot {
                (try rendering.tables(of: warehouse, progress), try LedgerMark(of: warehouse, at: warehouse.watermark))
            }
        }
    }

    /// Writes the whole lake anew, from tables that were made without a warehouse.
    ///
    /// - Parameter now: the time, in milliseconds since 1970.
    public func renew(
        from tables: FoldedTables, now: Int64, progress: @Sendable (LakeProgress) -> Void = { _ in }
    ) throws -> LakeSummary {
        try renew(isFull: true, now: now, progress) { (try $0.tables(of: tables, progress), .none) }
    }

    /// - Parameter render: writes the new files; gives the tables, and up to where they go.
    private func renew(
        isFull: Bool, now: Int64, _ progress: (LakeProgress) -> Void,
        _ render: (LakeRendering) throws -> ([LakeManifest.Table], LedgerMark)
    ) throws -> LakeSummary {
        let old = try manifest(isFull: isFull)
        try store.sweep()
        let found = try old.map { try sweep(keeping: $0) }
        let rendering = LakeRendering(
            before: old?.keepingTables(in: found?.files ?? [:]), isFull: isFull, scratch: scratch)
        let (tables, mark) = try render(rendering)
        let fresh = rendering.fresh
        try put(fresh, progress)
        var new = LakeManifest(
            fleet: fleet, createdMilliseconds: now, mark: mark, tables: tables, superseded: [])
        new.superseded = superseded(old, new, now)
        var removed = found?.removed ?? 0
        if old.map({ !new.isSame(as: $0) }) ?? true {
            try store.put(new.json, key: layout.manifestKey, .replace)
            removed += try sweep(keeping: new).removed
        }
        let files = new.tables.flatMap(\.files)
        return LakeSummary(
            place: store.place, watermark: mark == .none ? nil : mark.watermark, tables: new.tables.count,
            rows: new.tables.reduce(0) { $0 + $1.rows }, files: files.count,
            byteCount: files.reduce(0) { $0 + $1.byteCount }, written: fresh.count, removed: removed)
    }

    /// The manifest; nil where there is none, and for a full run where it cannot be read.
    private func manifest(isFull: Bool) throws -> LakeManifest? {
        let manifest: LakeManifest
        do {
            manifest = try LakeManifest(json: store.get(layout.manifestKey), place: store.place)
        } catch ObjectStoreError.notFound {
            return nil
        } catch LakeError.damagedManifest where isFull {
            return nil
        }
        guard manifest.fleet == fleet else { throw LakeError.otherFleet(place: store.place, fleet: manifest.fleet) }
        return manifest
    }

    /// Puts the new files in their place.
    private func put(_ files: [LakeRendering.FreshFile], _ progress: (LakeProgress) -> Void) throws {
        for start in stride(from: 0, to: files.count, by: Self.storedInterval) {
            let end = min(start + Self.storedInterval, files.count)
            try ParallelCalls.forEach(Array(files[start..<end])) { [store, layout] file in
                try store.put(file: file.source.path, key: layout.key(of: file.path))
                try file.source.remove()
            }
            if end < files.count { progress(.stored(files: end, of: files.count)) }
        }
    }

    /// What readers of the old manifest, or of an older one, may still want.
    private func superseded(_ old: LakeManifest?, _ new: LakeManifest, _ now: Int64) -> [LakeManifest.Superseded] {
        guard let old, graceMilliseconds > 0 else { return [] }
        let current = new.paths
        let gone = old.tables.flatMap(\.files).map(\.path).filter { !current.contains($0) }
        return (old.superseded + gone.map { .init(path: $0, sinceMilliseconds: now) })
            .filter { $0.sinceMilliseconds + graceMilliseconds > now }
    }

    /// Removes the files that the manifest does not name; returns how many, and the lengths of the others by their paths.
    private func sweep(keeping manifest: LakeManifest) throws -> (removed: Int, files: [String: Int64]) {
        let paths = manifest.paths
        var strays: [String] = []
        var files: [String: Int64] = [:]
        try store.list(prefix: layout.prefix, after: nil) { info in
            guard let path = layout.path(of: info.key), LakeLayout.isData(path) else { return true }
            if paths.contains(path) {
                files[path] = info.byteCount
            } else {
                strays.append(info.key)
            }
            return true
        }
        try ParallelCalls.forEach(strays) { [store] in try store.delete($0) }
        return (strays.count, files)
    }
}
