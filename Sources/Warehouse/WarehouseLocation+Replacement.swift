import Glibc
import SQLite

/// New tables are made beside the old ones and then take their place in one step. Nobody may have either open meanwhile.
extension WarehouseLocation {
    private static let fileEnding = ".rebuild"

    /// Where the new tables are made: the file `warehouse.sqlite.rebuild`, or a schema whose name ends with `_rebuild`.
    public var replacement: WarehouseLocation {
        switch self {
        case .sqlite(let path): .sqlite(path: path + Self.fileEnding)
        case .postgresql(let location): .postgresql(location.replacement)
        }
    }

    /// Removes what is there; nothing happens where nothing is.
    public func remove() throws {
        switch self {
        case .sqlite(let path): try SQLiteFile(path).remove()
        case .postgresql(let location): try location.remove()
        }
    }

    /// Puts what was made at `replacement` in this place. Killed at any moment, either the old or the new is there.
    public func acceptReplacement() throws {
        switch self {
        case .sqlite(let path): try SQLiteFile(path).beReplaced(by: SQLiteFile(path + Self.fileEnding))
        case .postgresql(let location): try location.acceptReplacement()
        }
    }
}

/// The files of an SQLite database that nobody has open.
private struct SQLiteFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    private static let companions = ["-wal", "-shm", "-journal"]

    func remove() throws {
        for name in Self.companions + [""] { try unlink(path + name) }
    }

    func beReplaced(by new: SQLiteFile) throws {
        try new.gather()
        // What lies beside the old file would be taken for the new one's. A damaged one cannot be gathered, and is not
        // needed either.
        do {
            if access(path, F_OK) == 0 { try gather() }
        } catch is SQLiteError {
        }
        for name in Self.companions { try unlink(path + name) }
        try new.synchronize()
        guard rename(new.path, path) == 0 else { throw failure("move '\(new.path)' to") }
        try SQLiteFile(parent).synchronize()
    }

    /// Moves all commits into the file itself.
    private func gather() throws {
        let database = try SQLiteDatabase(path: path)
        let row = try database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").rows().first
        guard row?.first?.integer == 0 else {
            throw WarehouseError.replacing(operation: "gather", path: path, reason: "another program has it open")
        }
    }

    private func synchronize() throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync") }
    }

    private func unlink(_ path: String) throws {
        guard Glibc.unlink(path) == 0 || errno == ENOENT else { throw failure("remove what belongs to") }
    }

    private var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func failure(_ operation: String) -> WarehouseError {
        .replacing(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
