import CSQLite
import Glibc

/// One open file of a `SimulatedDisk`, as SQLite sees it: the functions of `sqlite3_io_methods`.
final class DiskFile {
    /// What SQLite keeps for us: its own part, then a reference to this object.
    struct Handle {
        var base: sqlite3_file
        var file: Unmanaged<DiskFile>?
    }

    let disk: SimulatedDisk
    let stored: StoredFile
    /// The next sync makes the folder safe too: as on Unix, for a log or journal.
    private var makesNamesSafe: Bool

    private init(_ stored: StoredFile, on disk: SimulatedDisk, makesNamesSafe: Bool) {
        self.disk = disk
        self.stored = stored
        self.makesNamesSafe = makesNamesSafe
    }

    var holder: ObjectIdentifier { ObjectIdentifier(self) }

    static func open(
        _ path: String?, on disk: SimulatedDisk, _ target: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let target else { return SQLITE_CANTOPEN }
        target.pointee.pMethods = nil
        let stored: StoredFile
        if let path {
            let found = disk.file(at: path)
            guard found != nil || flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
            switch disk.failure(of: found == nil ? .name : .open) {
            case nil: break
            case .full: return SQLITE_FULL
            case .inputOutput, .readOnly, .powerOff: return SQLITE_CANTOPEN
            }
            stored = found ?? disk.add(path)
        } else {
            stored = StoredFile()
        }
        let isJournal = flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL) != 0
        let file = DiskFile(stored, on: disk, makesNamesSafe: isJournal && flags & SQLITE_OPEN_CREATE != 0)
        target.withMemoryRebound(to: Handle.self, capacity: 1) { handle in
            handle.pointee.file = Unmanaged.passRetained(file)
            handle.pointee.base.pMethods = UnsafePointer(DiskFileMethods.table)
        }
        outFlags?.pointee = flags
        return SQLITE_OK
    }

    func read(into target: UnsafeMutableRawPointer, _ length: Int, at offset: Int) -> Int32 {
        if disk.failure(of: .read) != nil { return SQLITE_IOERR_READ }
        let count = stored.current.read(into: target, length, at: offset)
        guard count < length else { return SQLITE_OK }
        memset(target + count, 0, length - count)
        return SQLITE_IOERR_SHORT_READ
    }

    func write(_ source: UnsafeRawPointer, _ length: Int, at offset: Int) -> Int32 {
        guard let failure = disk.failure(of: .write) else {
            stored.write(source, length, at: offset)
            return SQLITE_OK
        }
        switch failure {
        case .full:
            let done = Int.random(in: 0..<max(1, length), using: &disk.random)
            if done > 0 { stored.write(source, done, at: offset) }
            return SQLITE_FULL
        case .powerOff:
            stored.write(source, length, at: offset)
            return SQLITE_IOERR_WRITE
        case .inputOutput: return SQLITE_IOERR_WRITE
        case .readOnly: return SQLITE_READONLY
        }
    }

    func resize(_ size: Int) -> Int32 {
        guard disk.failure(of: .resize) == nil else { return SQLITE_IOERR_TRUNCATE }
        stored.resize(size)
        return SQLITE_OK
    }

    func synchronize() -> Int32 {
        guard disk.failure(of: .sync) == nil else {
            if !disk.isOff { stored.failToSynchronize() }
            return SQLITE_IOERR_FSYNC
        }
        stored.synchronize()
        guard makesNamesSafe else { return SQLITE_OK }
        guard disk.failure(of: .sync) == nil else { return SQLITE_IOERR_DIR_FSYNC }
        disk.synchronizeNames()
        makesNamesSafe = false
        return SQLITE_OK
    }

    func region(
        _ number: Int, size: Int, isExtending: Bool, _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 {
        result?.pointee = nil
        let isMissing = number >= stored.shared.regionCount
        if isMissing, isExtending, disk.failure(of: .write) != nil { return SQLITE_IOERR_SHMSIZE }
        result?.pointee = stored.shared.region(number, extendingBy: isExtending ? size : nil, for: holder)
        return SQLITE_OK
    }

    func close() {
        stored.unlock(.none, for: holder)
        stored.shared.leave(holder)
    }
}
