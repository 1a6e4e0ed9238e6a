import BatchFormat
import Cryptography
import SQLite

/// Opens the spool, whatever state its file is in.
///
/// The file is checked as a whole (`PRAGMA quick_check`) when the last run did not end cleanly, which its write-ahead log
/// shows, or left the mark that it met damage. A damaged file becomes `spool.sqlite.damaged-N`; what is readable in it
/// goes into a new one, each batch only if its frames fit their digest, and a gap `damaged` is declared in each stream.
/// The two youngest damaged files are kept.
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

    /// Opens it. `recovered` is told what had to be done.
    public func open(at moment: Moment, recovered: (SpoolRecovery) -> Void = { _ in }) throws -> Spool {
        do {
            try check()
            let spool = try openFile(at: moment, recovered)
            try state.remove(Self.checkName)
            return spool
        } catch let error as SQLiteError where error.isCorrupt {
            return try replace(at: moment, reason: error.message, recovered)
        } catch EdgeError.damagedSpool(let reason) {
            return try replace(at: moment, reason: reason, recovered)
        }
    }

    /// Asks for a check of the whole file at the next start.
    public static func requestCheck(in state: any SpoolFolder) throws(EdgeError) {
        _ = try state.create(checkName, [])
    }

    private func openFile(at moment: Moment, _ recovered: (SpoolRecovery) -> Void) throws -> Spool {
        let spool = try Spool(
            path: state.path(of: Self.fileName), fileSystem: state.fileSystem, settings: settings, identity: identity,
            at: moment,
            recovered: recovered)
        for stream in streams { try spool.addStream(stream) }
        return spool
    }

    private func check() throws {
        let hasLog = (state.byteCount(of: Self.fileName + "-wal") ?? 0) > 0
        guard hasLog || state.byteCount(of: Self.checkName) != nil else { return }
        let database = try SQLiteDatabase(path: state.path(of: Self.fileName), fileSystem: state.fileSystem)
        let verdict = try database.prepare("PRAGMA quick_check(1)").firstRow()?[0].text ?? "no verdict"
        guard verdict == "ok" else { throw EdgeError.damagedSpool(verdict) }
    }

    private func replace(
        at moment: Moment, reason: String, _ recovered: (SpoolRecovery) -> Void
    ) throws -> Spool {
        let aside = try moveAside()
        let salvaged: Int
        do {
            let target = try openFile(at: moment, { _ in })
            salvaged = try SpoolSalvage(from: state.path(of: aside), fileSystem: state.fileSystem, to: target).run()
        }
        let spool = try openFile(at: moment, recovered)
        for stream in streams {
            let gap = Gap(toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "damaged")
            spool.declare(gap, in: stream, at: moment)
            try spool.flush(spool.batch(of: stream), at: moment)
        }
        try state.remove(Self.checkName)
        recovered(.movedAside(path: state.path(of: aside), reason: reason, salvaged: salvaged))
        return spool
    }

    private func moveAside() throws(EdgeError) -> String {
        var number = 1
        while state.byteCount(of: name(number)) != nil || state.byteCount(of: name(number + 1)) != nil { number += 1 }
        for suffix in ["", "-wal", "-shm"] where state.byteCount(of: Self.fileName + suffix) != nil {
            try state.rename(Self.fileName + suffix, to: name(number) + suffix)
            if number > Self.damagedFilesKept {
                try state.remove(name(number - Self.damagedFilesKept) + suffix)
            }
        }
        try state.synchronize()
        return name(number)
    }

    private func name(_ number: Int) -> String { "\(Self.fileName).damaged-\(number)" }
}
