import CSQLite

/// The table of C functions through which SQLite uses a `DiskFile`.
enum DiskFileMethods {
    nonisolated(unsafe) static let table: UnsafeMutablePointer<sqlite3_io_methods> = {
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        table.initialize(to: functions)
        return table
    }()

    private static func file(_ file: UnsafeMutablePointer<sqlite3_file>?) -> DiskFile? {
        file?.withMemoryRebound(to: DiskFile.Handle.self, capacity: 1) { $0.pointee.file?.takeUnretainedValue() }
    }

    private static var functions: sqlite3_io_methods {
        var functions = sqlite3_io_methods()
        functions.iVersion = 2
        setContent(&functions)
        setLocks(&functions)
        setSharedMemory(&functions)
        functions.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        functions.xSectorSize = { _ in 4096 }
        functions.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        return functions
    }

    private static func setContent(_ functions: inout sqlite3_io_methods) {
        functions.xClose = { handle in
            handle?.withMemoryRebound(to: DiskFile.Handle.self, capacity: 1) {
                let file = $0.pointee.file?.takeRetainedValue()
                $0.pointee.file = nil
                file?.close()
            }
            return SQLITE_OK
        }
        functions.xRead = { handle, target, length, offset in
            guard let target else { return SQLITE_IOERR_READ }
            return DiskFileMethods.file(handle)?.read(into: target, Int(length), at: Int(offset)) ?? SQLITE_IOERR_READ
        }
        functions.xWrite = { handle, source, length, offset in
            guard let source else { return SQLITE_IOERR_WRITE }
            return DiskFileMethods.file(handle)?.write(source, Int(length), at: Int(offset)) ?? SQLITE_IOERR_WRITE
        }
        functions.xTruncate = { handle, size in
            DiskFileMethods.file(handle)?.resize(Int(size)) ?? SQLITE_IOERR_TRUNCATE
        }
        functions.xSync = { handle, _ in DiskFileMethods.file(handle)?.synchronize() ?? SQLITE_IOERR_FSYNC }
        functions.xFileSize = { handle, size in
            guard let file = DiskFileMethods.file(handle), !file.disk.isOff else { return SQLITE_IOERR_FSTAT }
            size?.pointee = Int64(file.stored.current.count)
            return SQLITE_OK
        }
    }

    private static func setLocks(_ functions: inout sqlite3_io_methods) {
        functions.xLock = { handle, level in
            guard let file = DiskFileMethods.file(handle), let lock = FileLock(rawValue: level) else {
                return SQLITE_IOERR_LOCK
            }
            return file.stored.lock(lock, for: file.holder) ? SQLITE_OK : SQLITE_BUSY
        }
        functions.xUnlock = { handle, level in
            guard let file = DiskFileMethods.file(handle), let lock = FileLock(rawValue: level) else {
                return SQLITE_IOERR_UNLOCK
            }
            file.stored.unlock(lock, for: file.holder)
            return SQLITE_OK
        }
        functions.xCheckReservedLock = { handle, result in
            let locks = DiskFileMethods.file(handle)?.stored.locks.values.max() ?? .none
            result?.pointee = locks >= .reserved ? 1 : 0
            return SQLITE_OK
        }
    }

    private static func setSharedMemory(_ functions: inout sqlite3_io_methods) {
        functions.xShmMap = { handle, number, size, extending, result in
            DiskFileMethods.file(handle)?
                .region(Int(number), size: Int(size), isExtending: extending != 0, result) ?? SQLITE_IOERR_SHMMAP
        }
        functions.xShmLock = { handle, offset, count, flags in
            guard let file = DiskFileMethods.file(handle) else { return SQLITE_IOERR_SHMLOCK }
            let mask = ((UInt32(1) << UInt32(count)) - 1) << UInt32(offset)
            return file.stored.shared.lock(mask, flags: flags, for: file.holder) ? SQLITE_OK : SQLITE_BUSY
        }
        functions.xShmBarrier = { _ in }
        functions.xShmUnmap = { handle, _ in
            guard let file = DiskFileMethods.file(handle) else { return SQLITE_OK }
            file.stored.shared.leave(file.holder)
            return SQLITE_OK
        }
    }
}
