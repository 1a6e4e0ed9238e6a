import BatchFormat
import SQLite

/// The thread the sealed batches hang on: the epoch, how far it has come and the last manifest in it.
struct BatchChain: Equatable {
    /// The epoch the next batch is sealed under; nil until the cloud has granted one.
    var epoch: Int64?
    /// The greatest epoch there ever was.
    var lastEpoch: Int64 = 0
    /// The sequence of the last sealed batch, 0 before the first.
    var sequence: Int64 = 0
    /// The SHA-256 of the last sealed manifest.
    var previous = Manifest.noPrevious

    /// Reads the chain, or begins one. Batches sealed for another device or fleet lose their seal.
    static func load(from database: SQLiteDatabase, identity: SpoolIdentity) throws -> BatchChain {
        let row = try database.prepare(
            "SELECT epoch, last_epoch, sequence, previous, device, fleet FROM device"
        ).firstRow()
        guard let row else {
            let chain = BatchChain()
            try database.prepare(
                """
                INSERT INTO device (id, device, fleet, last_epoch, sequence, previous, sealed, acknowledged, floor_ms)
                VALUES (1, ?, ?, 0, 0, ?, 0, 0, 0)
                """
            ).run([.text(identity.device), .text(identity.fleet), .blob(chain.previous)])
            return chain
        }
        var chain = BatchChain(
            epoch: row[0].integer, lastEpoch: row[1].integer ?? 0, sequence: row[2].integer ?? 0,
            previous: row[3].blob ?? Manifest.noPrevious)
        if let lent = chain.epoch, try chain.isLent(lent, in: database) {
            // A kill: sequences behind this one may be used. What is sealed keeps its name.
            chain = BatchChain(lastEpoch: chain.lastEpoch)
            try database.transaction {
                try chain.save(to: database)
                try database.prepare("DELETE FROM lent").run()
            }
        }
        if row[4].text != identity.device || row[5].text != identity.fleet {
            chain = BatchChain()
            try database.transaction {
                try database.prepare("UPDATE device SET device = ?, fleet = ?").run([
                    .text(identity.device), .text(identity.fleet),
                ])
                try chain.unseal(in: database)
                try chain.save(to: database)
            }
        }
        return chain
    }

    private func isLent(_ epoch: Int64, in database: SQLiteDatabase) throws -> Bool {
        try database.prepare("SELECT 1 FROM lent WHERE epoch = ?").firstRow([.integer(epoch)]) != nil
    }

    /// Gives the epoch up: whatever was sealed under it waits to be sealed again.
    mutating func unseal(in database: SQLiteDatabase) throws {
        epoch = nil
        sequence = 0
        previous = Manifest.noPrevious
        try database.statement(
            """
            UPDATE batches SET state = ?, epoch = NULL, sequence = NULL, manifest_sha256 = NULL, head = NULL
            WHERE state = ?
            """
        ).run([.integer(SpoolSchema.State.closed), .integer(SpoolSchema.State.sealed)])
    }

    func save(to database: SQLiteDatabase) throws {
        try database.statement("UPDATE device SET epoch = ?, last_epoch = ?, sequence = ?, previous = ?").run([
            SQLiteValue(epoch), .integer(lastEpoch), .integer(sequence), .blob(previous),
        ])
    }
}
