import BatchFormat
import Cryptography
import SQLite

/// Opens the spool, whatever state its file is in.
///
/// When the last run did not end cleanly, which its write-ahead log shows, the small tables and the tree of the segments
/// are checked, which takes milliseconds for any size; the frames themselves are held against their digest before they
/// are sent. A damaged log costs the last transactions: what they had sealed may be known to the cloud, so a new epoch is
/// begun and a gap declared. When it left the mark that it met damage, all is checked (`PRAGMA quick_check`).
///
/// A damaged file becomes `spool.sqlite.damaged-N` and a new one is begun, under a new epoch; what is readable in the old
/// one is brought over while the new one is used, see `SpoolSalvage`, and a gap `damaged` is declared in each stream. The
/// two youngest damaged files are kept.
public struct SpoolOpening {
    /// The name of the file.
    public static let fileName = "spool.sqlite"
    /// A file of that name asks for a check at the next start.
    static let checkName = "spool.check"
    private static let damagedFilesKept = 2

    private let state: any SpoolFolder
    private let settings: SpoolSettings
    private let identity: SpoolIdentity
    private let streams: [String]

    /// A spool in `state` for those streams.
    public init(state: any SpoolFolder, settings: SpoolSettings, identity: SpoolIdentity, streams: [String]) {
        self.state = state
        self.settings = settings
        self.identity = identity
        self.streams = streams
    }

    /// Opens it. `recovered` is told what had to be done. Throws `unusableSpool` where the disk is full, read-only or
    /// fails.
    public func open(
        at moment: Moment, recovered: @escaping (SpoolRecovery) -> Void = { _ in }
    ) throws -> Spool {
        if let number = unfinishedReplacement() {
            return try finishReplacing(number, reason: "found by an earlier start", at: moment, recovered)
        }
        do {
            let isCutShort = try check()
            let spool = try openFile(at: moment, recovered)
            if isCutShort { try spool.noteLostTransactions(at: moment) }
            try state.remove(Self.checkName)
            return spool
        } catch let error as SQLiteError where error.isCorrupt {
            return try replace(at: moment, reason: error.message, recovered)
        } catch let error as SQLiteError {
            throw EdgeError.unusableSpool(
                path: state.path(of: Self.fileName), reason: "\(error.message), code \(error.code)")
        } catch EdgeError.damagedSpool(let reason) {
            return try replace(at: moment, reason: reason, recovered)
        }
    }

    /// Asks for a check of the whole file at the next start.
    public static func requestCheck(in state: any SpoolFolder) throws(EdgeError) {
        _ = try state.create(checkName, [])
    }

    private func openFile(at moment: Moment, _ recovered: @escaping (SpoolRecovery) -> Void) throws -> Spool {
        let spool = try Spool(
            path: state.path(of: Self.fileName), fileSystem: state.fileSystem, settings: settings, identity: identity,
            at: moment, recovered: recovered)
        for stream in streams { try spool.addStream(stream) }
        try spool.resumeSalvages(in: state)
        return spool
    }

    /// Throws where the file is damaged. True where its log is, so that the last transactions are gone.
    private func check() throws -> Bool {
        let hasLog = (state.byteCount(of: Self.fileName + "-wal") ?? 0) > 0
        let isSuspicious = state.byteCount(of: Self.checkName) != nil
        guard hasLog || isSuspicious else { return false }
        let log = try state.read(Self.fileName + "-wal", from: 0, limit: Self.logBytesRead)
        let database = try SQLiteDatabase(path: state.path(of: Self.fileName), fileSystem: state.fileSystem)
        guard try database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'segments'").firstRow() != nil else {
            if isSuspicious { throw EdgeError.damagedSpool("it is empty") }
            return false
        }
        for scope in isSuspicious ? ["1"] : Self.smallTables { try Self.check(database, scope) }
        _ = try database.prepare("SELECT sum(raw_bytes) FROM segments").firstRow()
        return WriteAheadLog(log ?? []).unreachableCommits > 1
    }

    /// The log is as long only while it cannot be moved into the database.
    private static let logBytesRead = 16 << 20
    private static let smallTables = ["device", "streams", "batches", "gaps", "dead_letters"]

    private static func check(_ database: SQLiteDatabase, _ scope: String) throws {
        let verdict = try database.prepare("PRAGMA quick_check(\(scope))").firstRow()?[0].text ?? "no verdict"
        guard verdict == "ok" else { throw EdgeError.damagedSpool(verdict) }
    }

    /// Moves the damaged file aside and begins a new one.
    private func replace(
        at moment: Moment, reason: String, _ recovered: @escaping (SpoolRecovery) -> Void
    ) throws -> Spool {
        var number = 1
        while state.byteCount(of: name(number)) != nil || state.byteCount(of: name(number + 1)) != nil { number += 1 }
        _ = try state.create(mark(of: number), [])
        return try finishReplacing(number, reason: reason, at: moment, recovered)
    }

    /// The number of a damaged file that a power cut has kept from being replaced as a whole.
    private func unfinishedReplacement() -> Int? {
        var number = 1
        while state.byteCount(of: name(number)) != nil || state.byteCount(of: name(number + 1)) != nil { number += 1 }
        return (1...number).first { state.byteCount(of: mark(of: $0)) != nil }
    }

    private func finishReplacing(
        _ number: Int, reason: String, at moment: Moment, _ recovered: @escaping (SpoolRecovery) -> Void
    ) throws -> Spool {
        // The database goes last: once it is gone, so is all that belongs to it.
        if state.byteCount(of: name(number)) == nil {
            for suffix in ["-wal", "-shm", ""] where state.byteCount(of: Self.fileName + suffix) != nil {
                try state.rename(Self.fileName + suffix, to: name(number) + suffix)
            }
            try state.synchronize()
        }
        for suffix in ["", "-wal", "-shm"] where number > Self.damagedFilesKept {
            try state.remove(name(number - Self.damagedFilesKept) + suffix)
        }
        try openFile(at: moment) { _ in }.beginSalvage(of: name(number), in: state, at: moment)
        try state.remove(Self.checkName)
        try state.remove(mark(of: number))
        try state.synchronize()
        let spool = try openFile(at: moment, recovered)
        recovered(.movedAside(path: state.path(of: name(number)), reason: reason))
        return spool
    }

    private func name(_ number: Int) -> String { "\(Self.fileName).damaged-\(number)" }
    /// The name of a file that is there while that one is being replaced.
    private func mark(of number: Int) -> String { "\(name(number)).moving" }
}
