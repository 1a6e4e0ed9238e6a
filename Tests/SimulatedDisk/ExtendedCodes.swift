import CSQLite

/// SQLite's extended result codes (sqlite.org/rescode.html): macros with arithmetic, which Swift does not import.
let (SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ) = (inputOutput(1), inputOutput(2))
let (SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC) = (inputOutput(3), inputOutput(4))
let SQLITE_IOERR_DIR_FSYNC = inputOutput(5)
let (SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_FSTAT) = (inputOutput(6), inputOutput(7))
let (SQLITE_IOERR_UNLOCK, SQLITE_IOERR_LOCK) = (inputOutput(8), inputOutput(15))
let (SQLITE_IOERR_DELETE, SQLITE_IOERR_DELETE_NOENT) = (inputOutput(10), inputOutput(23))
let SQLITE_IOERR_ACCESS = inputOutput(13)
let (SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_SHMLOCK) = (inputOutput(19), inputOutput(20))
let SQLITE_IOERR_SHMMAP = inputOutput(21)

private func inputOutput(_ detail: Int32) -> Int32 { SQLITE_IOERR | (detail << 8) }
