import CSQLite
import Glibc

/// A `SimulatedDisk` as SQLite sees a file system: the functions of `sqlite3_vfs` (sqlite.org/vfs.html).
final class DiskFileSystem {
    let name: String
    private let nameBytes: UnsafeMutablePointer<CChar>
    private let table: UnsafeMutablePointer<sqlite3_vfs>

    init() {
        table = .allocate(capacity: 1)
        name = "simulated-disk-\(UInt(bitPattern: table))"
        nameBytes = strdup(name)
        table.initialize(to: Self.functions)
        table.pointee.zName = UnsafePointer(nameBytes)
    }

    deinit {
        table.deallocate()
        free(nameBytes)
    }

    /// Makes the disk known under `name`.
    func attach(_ disk: SimulatedDisk) {
        table.pointee.pAppData = Unmanaged.passUnretained(disk).toOpaque()
        sqlite3_vfs_register(table, 0)
    }

    func unregister() {
        sqlite3_vfs_unregister(table)
    }

    private static func disk(_ system: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedDisk? {
        system?.pointee.pAppData.map { Unmanaged<SimulatedDisk>.fromOpaque($0).takeUnretainedValue() }
    }

    private static var functions: sqlite3_vfs {
        var functions = sqlite3_vfs()
        functions.iVersion = 2
        functions.szOsFile = Int32(MemoryLayout<DiskFile.Handle>.size)
        functions.mxPathname = 512
        functions.xOpen = { system, path, file, flags, outFlags in
            guard let disk = DiskFileSystem.disk(system) else { return SQLITE_CANTOPEN }
            return DiskFile.open(path.map { String(cString: $0) }, on: disk, file, flags, outFlags)
        }
        functions.xDelete = { system, path, synchronizing in
            guard let disk = DiskFileSystem.disk(system), let path else { return SQLITE_IOERR_DELETE }
            let name = String(cString: path)
            guard disk.file(at: name) != nil else { return SQLITE_IOERR_DELETE_NOENT }
            if disk.failure(of: .name) != nil { return SQLITE_IOERR_DELETE }
            disk.remove(name)
            guard synchronizing != 0 else { return SQLITE_OK }
            if disk.failure(of: .sync) != nil { return SQLITE_IOERR_DIR_FSYNC }
            disk.synchronizeNames()
            return SQLITE_OK
        }
        functions.xAccess = { system, path, flags, result in
            guard let disk = DiskFileSystem.disk(system), let path, !disk.isOff else { return SQLITE_IOERR_ACCESS }
            let file = disk.file(at: String(cString: path))
            // As on Unix, a file counts as being there only if something is in it.
            let exists = flags == SQLITE_ACCESS_EXISTS ? (file?.current.count ?? 0) > 0 : file != nil
            result?.pointee = exists ? 1 : 0
            return SQLITE_OK
        }
        functions.xFullPathname = { _, path, size, result in
            guard let path, let result, strlen(path) < Int(size) else { return SQLITE_CANTOPEN }
            strcpy(result, path)
            return SQLITE_OK
        }
        functions.xRandomness = { system, size, result in
            guard let disk = DiskFileSystem.disk(system), let result else { return 0 }
            for index in 0..<Int(size) { result[index] = CChar(truncatingIfNeeded: disk.random.next()) }
            return size
        }
        functions.xSleep = { _, microseconds in microseconds }
        functions.xGetLastError = { _, _, _ in 0 }
        functions.xCurrentTime = { _, result in
            result?.pointee = 2_460_000.5
            return SQLITE_OK
        }
        functions.xCurrentTimeInt64 = { _, result in
            result?.pointee = 212_544_043_200_000
            return SQLITE_OK
        }
        return functions
    }
}
