import BatchFormat
import Cryptography
import SQLite

extension Spool {
    /// The epoch batches are sealed under; nil until the cloud has granted one.
    public var epoch: Int64? { chain.epoch }

    /// Takes the epoch the cloud has granted and seals under it, in order, every batch that waits.
    ///
    /// Returns false where the epoch is not greater than all before, or the disk refused; another has to be asked for.
    public func adopt(epoch: Int64) throws -> Bool {
        guard chain.epoch == nil, epoch > chain.lastEpoch else { return false }
        var sealed = BatchChain(epoch: epoch, lastEpoch: epoch)
        let written: Void? = try write {
            try sealed.save(to: database)
            if holdPolicy.isHolding { try lend(epoch) }
            let waiting = try database.prepare("SELECT id FROM batches WHERE state = ? ORDER BY id")
                .rows([.integer(SpoolSchema.State.closed)]).compactMap { $0[0].integer }
            for row in waiting {
                guard let closed = try ClosedBatch.load(row, from: database) else { continue }
                try seal(row, closed, chain: &sealed)
            }
        }
        guard written != nil else { return false }
        chain = sealed
        return true
    }

    /// Gives the epoch up because the cloud holds other content under one of its names. All that has no receipt yet is
    /// sealed again, from sequence 1, once the next epoch is there.
    public func abandonEpoch() throws {
        var abandoned = chain
        let written: Void? = try write {
            try abandoned.unseal(in: database)
            try abandoned.save(to: database)
        }
        if written != nil { chain = abandoned }
    }

    /// Signs the manifest of a closed batch under the next name of the chain; does nothing while no epoch is known.
    /// Runs inside a transaction, which `chain` must not outlive if it fails.
    func seal(_ row: Int64, _ closed: ClosedBatch, chain: inout BatchChain) throws {
        guard chain.epoch != nil else { return }
        let gaps = try declareGaps(in: row, stream: closed.stream)
        guard let seal = try seal(closed, gaps: gaps, chain: &chain) else { return }
        try save(seal, of: row)
        try database.statement("UPDATE device SET sequence = ?, previous = ?, sealed = sealed + 1").run([
            .integer(chain.sequence), .blob(chain.previous),
        ])
    }

    /// Signs the manifest of a closed batch under the next name of the chain; nil while no epoch is known.
    func seal(_ closed: ClosedBatch, gaps: [Gap], chain: inout BatchChain) throws -> BatchSeal? {
        guard let epoch = chain.epoch else { return nil }
        let name = BatchIdentity(device: identity.device, epoch: epoch, sequence: chain.sequence + 1)
        let manifest = closed.manifest(name, fleet: identity.fleet, previous: chain.previous, gaps: gaps)
        let head = try SealedBatch.head(manifest, key: identity.key)
        chain.sequence = name.sequence
        chain.previous = manifest.sha256
        return BatchSeal(name: name, head: head, manifestSHA256: manifest.sha256)
    }

    func save(_ seal: BatchSeal, of row: Int64) throws {
        try database.statement(
            "UPDATE batches SET state = ?, epoch = ?, sequence = ?, manifest_sha256 = ?, head = ? WHERE id = ?"
        ).run([
            .integer(SpoolSchema.State.sealed), .integer(seal.name.epoch), .integer(seal.name.sequence),
            .blob(seal.manifestSHA256), .blob(seal.head), .integer(row),
        ])
    }
}
