import BatchFormat
import Cryptography
import FleetProtocol
import SQLite

/// A sealed batch, ready to travel.
public struct SealedFile: Sendable {
    /// Its row in the spool.
    public let row: Int64
    /// Its name.
    public let identity: BatchIdentity
    /// The file: head and frames.
    public let bytes: [UInt8]
}

extension Spool {
    /// The oldest sealed batch that waits for its receipt and is not among `excluded`.
    public func nextSealed(excluding excluded: Set<Int64>) throws -> Int64? {
        let inMemory = held.rows.first { !excluded.contains($0) }
        var row: Int64 = 0
        repeat {
            let found = try read {
                try database.statement("SELECT id FROM batches WHERE id > ? AND state = ? ORDER BY id LIMIT 1")
                    .firstRow([.integer(row), .integer(SpoolSchema.State.sealed)])
            }
            guard let next = found??[0].integer else { return inMemory }
            row = next
        } while excluded.contains(row) || acknowledged.contains(row)
        return min(row, inMemory ?? row)
    }

    /// The newest sealed batch whose row is greater than that one.
    func newestSealed(after row: Int64) throws -> Int64? {
        let onDisk = try read {
            try database.statement("SELECT id FROM batches WHERE id > ? AND state = ? ORDER BY id DESC LIMIT 1")
                .firstRow([.integer(row), .integer(SpoolSchema.State.sealed)])
        }
        return [onDisk??[0].integer, held.rows.last { $0 > row }].compactMap { $0 }.max()
    }

    /// The file of a sealed batch, its frames held against their digest; nil where there is no such batch any more.
    /// One that is damaged is given up and declared a gap, and `damagedBatch` says so.
    public func sealedFile(_ row: Int64, at moment: Moment) throws -> SealedFile? {
        if let batch = held.batches[row] { return SealedFile(row: row, identity: batch.seal.name, bytes: batch.file) }
        guard !acknowledged.contains(row), let file = try read({ try loadFile(row) }) ?? nil else { return nil }
        guard file.isIntact else {
            try giveUp(row, reason: "damaged", keepingFile: false, at: moment)
            return nil
        }
        return file.file
    }

    /// The file of a sealed batch, and whether its frames fit their digest.
    private func loadFile(_ row: Int64) throws -> (file: SealedFile, isIntact: Bool)? {
        let found = try database.statement(
            "SELECT epoch, sequence, head, frames_sha256, frames_bytes FROM batches WHERE id = ? AND state = ?"
        ).firstRow([.integer(row), .integer(SpoolSchema.State.sealed)])
        guard let found else { return nil }
        guard let epoch = found[0].integer, let sequence = found[1].integer, var bytes = found[2].blob,
            let framesBytes = found[4].integer
        else { throw EdgeError.damagedSpool("batch \(row) has no seal") }
        bytes.reserveCapacity(bytes.count + Int(framesBytes))
        let hash = SHA256()
        try forEachSegment(of: row) { segment in
            hash.update(segment)
            bytes += segment
        }
        let name = BatchIdentity(device: identity.device, epoch: epoch, sequence: sequence)
        return (SealedFile(row: row, identity: name, bytes: bytes), hash.digest() == found[3].blob)
    }

    /// Frees the batch that a verified receipt is for. False where the receipt is for another content or batch: nothing
    /// is freed then. The rows go with the next flush.
    public func acknowledge(_ row: Int64, _ receipt: Receipt, at moment: Moment) throws -> Bool {
        let isHeldAndFreed = acknowledgeHeld(row) { seal in
            receipt.device == seal.name.device && receipt.epoch == seal.name.epoch
                && receipt.sequence == seal.name.sequence && receipt.manifestSHA256 == seal.manifestSHA256
        }
        if let isHeldAndFreed { return isHeldAndFreed }
        let stored = try read {
            try database.statement(
                "SELECT epoch, sequence, manifest_sha256, frames_bytes FROM batches WHERE id = ? AND state = ?"
            ).firstRow([.integer(row), .integer(SpoolSchema.State.sealed)])
        }
        guard let found = stored ?? nil, receipt.device == identity.device, receipt.epoch == found[0].integer,
            receipt.sequence == found[1].integer, receipt.manifestSHA256 == found[2].blob
        else { return false }
        guard acknowledged.insert(row).inserted else { return true }
        if acknowledgedAt == nil { acknowledgedAt = moment.monotonic }
        forget(framesBytes: found[3].integer ?? 0)
        return true
    }

    /// Moves a batch that the cloud will never take to the dead letters and declares its events missing. False where the
    /// disk refused: the batch stays.
    ///
    /// - Parameters:
    ///   - reason: one word, for the gap.
    ///   - words: the cloud's own, for the dead letter.
    @discardableResult
    public func giveUp(
        _ row: Int64, reason: String, because words: String? = nil, keepingFile: Bool, at moment: Moment
    ) throws -> Bool {
        if held.batches[row] != nil { try write {} }
        guard let closed = try read({ try ClosedBatch.load(row, from: database) }) ?? nil else { return false }
        var file: [UInt8] = []
        if keepingFile {
            guard let found = try read({ try loadFile(row) }) else { return false }
            file = found?.file.bytes ?? []
        }
        let written: Void? = try write {
            try reclaimGaps(of: row, stream: closed.stream)
            try saveGaps([closed.gap(reason: reason)], stream: closed.stream)
            if keepingFile {
                let letter = DeadLetter(
                    milliseconds: moment.milliseconds, reason: DeadLetter.batchPrefix + (words ?? reason),
                    count: file.count, bytes: file)
                try saveDeadLetters([letter], stream: closed.stream)
            }
            try delete(row)
        }
        guard written != nil else { return false }
        count(closed.gap(reason: reason), in: closed.stream)
        forget(framesBytes: closed.framesBytes)
        return true
    }

    /// The cloud has answered.
    public func noteContact(serverMilliseconds: Int64? = nil, at moment: Moment) {
        notes.noteContact(floor: serverMilliseconds, at: moment)
    }

    /// Something went wrong on the way to the cloud.
    public func noteError(_ text: String, at moment: Moment) {
        notes.noteError(text, at: moment)
    }

    /// The floor under the time of day that earlier runs have kept.
    public func storedFloor() throws -> Int64 {
        try database.statement("SELECT floor_ms FROM device").firstRow()?[0].integer ?? 0
    }

    func deleteAcknowledged() throws {
        guard !acknowledged.isEmpty else { return }
        for row in acknowledged {
            try database.statement("DELETE FROM gaps WHERE batch = ?").run([.integer(row)])
            try delete(row)
        }
        try database.statement("UPDATE device SET acknowledged = acknowledged + ?")
            .run([.integer(Int64(acknowledged.count))])
    }

    func delete(_ row: Int64) throws {
        try database.statement("DELETE FROM segments WHERE id >= ? AND id < ?").run(segmentRange(of: row))
        try database.statement("DELETE FROM batches WHERE id = ?").run([.integer(row)])
    }

    func forEachSegment(of row: Int64, _ body: ([UInt8]) throws -> Void) throws {
        try Self.forEachSegment(of: row, in: database, body)
    }

    static func forEachSegment(of row: Int64, in database: SQLiteDatabase, _ body: ([UInt8]) throws -> Void) throws {
        try database.statement("SELECT bytes FROM segments WHERE id >= ? AND id < ? ORDER BY id")
            .forEachRow(segmentRange(of: row)) { segment in try body(segment.value(0).blob ?? []) }
    }

    func segmentRange(of row: Int64) -> [SQLiteValue] { Self.segmentRange(of: row) }

    static func segmentRange(of row: Int64) -> [SQLiteValue] {
        [.integer(row << segmentBits), .integer((row + 1) << segmentBits)]
    }

    func forget(framesBytes: Int64) {
        backlog.batches -= 1
        backlog.bytes -= framesBytes
    }
}

extension ClosedBatch {
    /// The gap that is left where this batch is lost.
    func gap(reason: String) -> Gap {
        Gap(
            fromMilliseconds: counts.firstMilliseconds, toMilliseconds: counts.lastMilliseconds,
            events: counts.events, bytes: counts.rawBytes, reason: reason)
    }
}
