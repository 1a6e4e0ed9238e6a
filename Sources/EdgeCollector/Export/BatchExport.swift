import BatchFormat
import Cryptography
import FleetProtocol
import SQLite

/// Writes the sealed batches that wait for the cloud as files into a folder, such as one on a USB stick.
///
/// The spool is only read, so that an edge may run on it; a batch stays in it until the cloud's receipt comes, which it
/// does at the next upload once `waystation-cloud import` has taken the file. A file is named
/// `{device}-{epoch}-{sequence}.batch` and appears whole or not at all: written under another name, flushed, renamed.
public struct BatchExport {
    /// What was written.
    public struct Summary: Hashable, Sendable {
        /// Files written now.
        public var written = 0
        /// Their bytes.
        public var bytes = 0
        /// Files that were there already.
        public var present = 0
        /// Batches whose frames do not fit their digest any more, by name.
        public var damaged: [BatchIdentity] = []
        /// Batches that have no name yet, because the cloud has not granted an epoch.
        public var nameless = 0
    }

    private let state: StateDirectory

    /// An export of the spool in that state directory.
    public init(state: StateDirectory) {
        self.state = state
    }

    /// Writes the files into the folder, which is made where it is missing.
    public func run(to folder: StateDirectory) throws -> Summary {
        guard let enrolment = try Enrolment.load(from: state) else {
            throw EdgeError.notEnrolled(state: state.path(of: Enrolment.fileName))
        }
        try folder.create()
        var summary = Summary()
        guard let database = try SpoolSchema.openToRead(in: state) else { return summary }
        let rows = try database.prepare("SELECT id, state FROM batches WHERE state > 0 ORDER BY id").rows()
        for row in rows {
            guard let number = row[0].integer, row[1].integer == SpoolSchema.State.sealed else {
                summary.nameless += 1
                continue
            }
            guard let found = try Self.load(number, device: enrolment.grant.device, from: database) else { continue }
            try Self.keep(found, in: folder, &summary)
        }
        return summary
    }

    private static func keep(
        _ found: (file: SealedFile, isIntact: Bool), in folder: StateDirectory, _ summary: inout Summary
    ) throws {
        let identity = found.file.identity
        guard found.isIntact else { return summary.damaged.append(identity) }
        let name = "\(identity.device)-\(identity.epoch)-\(identity.sequence).batch"
        if folder.byteCount(of: name) == found.file.bytes.count, try folder.read(name) == found.file.bytes {
            summary.present += 1
            return
        }
        try folder.replace(name, found.file.bytes)
        summary.written += 1
        summary.bytes += found.file.bytes.count
    }

    /// The file of a batch as of one moment, and whether its frames fit their digest; nil where a receipt has freed it
    /// meanwhile.
    private static func load(
        _ row: Int64, device: String, from database: SQLiteDatabase
    ) throws -> (file: SealedFile, isIntact: Bool)? {
        try database.execute("BEGIN")
        defer { _ = Result { () throws(SQLiteError) in try database.execute("COMMIT") } }
        let found = try database.statement(
            "SELECT epoch, sequence, head, frames_sha256 FROM batches WHERE id = ? AND state = ?"
        ).firstRow([.integer(row), .integer(SpoolSchema.State.sealed)])
        guard let found else { return nil }
        guard let epoch = found[0].integer, let sequence = found[1].integer, var bytes = found[2].blob else {
            throw EdgeError.damagedSpool("batch \(row) has no seal")
        }
        let hash = SHA256()
        try Spool.forEachSegment(of: row, in: database) { segment in
            hash.update(segment)
            bytes += segment
        }
        let identity = BatchIdentity(device: device, epoch: epoch, sequence: sequence)
        return (SealedFile(row: row, identity: identity, bytes: bytes), hash.digest() == found[3].blob)
    }
}
