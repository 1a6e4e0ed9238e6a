import BatchFormat
import SQLite

/// Keeping batches in memory while the uplink works; see `HeldBatches` for what holds meanwhile.
extension Spool {
    /// Whether what that batch has in memory may stay there: it began in memory, is young, has nothing to declare or to
    /// put aside, and the disk has not refused any of it.
    func isHeld(_ batch: OpenBatch, at moment: Moment) -> Bool {
        holdPolicy.isHolding && chain.epoch != nil && batch.row == nil && !batch.isStuck && batch.gaps.isEmpty
            && batch.deadLetters.isEmpty
            && moment.monotonic - (batch.openedAt ?? moment.monotonic) < HoldPolicy.openLimit
    }

    /// Seals a closed batch in memory; false where it has to go to the disk, as one does whose manifest carries gaps.
    func hold(_ closed: ClosedBatch, of batch: OpenBatch, at moment: Moment) throws -> Bool {
        guard isHeld(batch, at: moment), try read({ try hasUndeclaredGaps(closed.stream) }) == false,
            let seal = try seal(closed, gaps: [], chain: &chain)
        else { return false }
        held.add(
            HeldBatch(
                closed: closed, seal: seal, file: seal.head + batch.frames, sealedAt: moment.monotonic,
                resume: batch.resume, position: batch.position), as: nextBatch)
        nextBatch += 1
        batch.keepInMemory()
        return true
    }

    /// Begins or ends the holding, and notes now and then what was delivered.
    func tendHeld(at moment: Moment) throws {
        let facts = HoldPolicy.Facts(
            isUplinkHealthy: isUplinkHealthy, hasEpoch: chain.epoch != nil, waitingBatches: backlog.batches,
            oldestHeldAt: held.oldestAt,
            heldBytes: held.byteCount + open.values.reduce(0) { $0 + $1.frames.count + $1.unwrittenBytes })
        if holdPolicy.mustEnd(facts, at: moment.monotonic) {
            try endHolding(at: moment)
        } else if holdPolicy.mayBegin(facts, at: moment.monotonic) {
            try beginHolding(at: moment)
        } else if holdPolicy.isNoteDue(facts, at: moment.monotonic) {
            if !held.isNoted { try write {} }
            holdPolicy.noted(at: moment.monotonic)
        }
    }

    private func beginHolding(at moment: Moment) throws {
        guard let epoch = chain.epoch else { return }
        let written: Void? = try write {
            try lend(epoch)
            // So that reports name all streams from now on.
            for stream in open.keys { try addTotals(of: stream, BatchCounts(), resume: nil) }
        }
        if written != nil { holdPolicy.begin(at: moment.monotonic) }
    }

    /// Marks an epoch under which batches may travel that the disk does not know.
    func lend(_ epoch: Int64) throws {
        try database.statement("INSERT OR REPLACE INTO lent (epoch) VALUES (?)").run([.integer(epoch)])
    }

    /// Writes down all that is in memory; does nothing where nothing is held. Where the disk refuses, all stays as it is.
    func endHolding(at moment: Moment) throws {
        guard holdPolicy.isHolding else { return }
        let written: Void? = try write { try database.statement("DELETE FROM lent").run() }
        guard written != nil else { return failedAt = moment.monotonic }
        holdPolicy.end(at: moment.monotonic)
        for batch in open.values { try flush(batch, at: moment) }
    }

    /// Part of every transaction: nothing on the disk may be ahead of what is held.
    func saveHeld() throws {
        guard !held.isNoted else { return }
        for row in held.rows {
            guard let batch = held.batches[row] else { continue }
            try insertOpenBatch(row, stream: batch.closed.stream, boot: batch.closed.boot)
            try insertSegment(
                batch.frames, counts: batch.closed.counts, resume: batch.resume, id: row << Self.segmentBits)
            try batch.closed.save(as: row, to: database)
            try save(batch.seal, of: row)
        }
        for (stream, unnoted) in held.streams {
            try addTotals(of: stream, unnoted.counts, resume: unnoted.resume)
            if let position = unnoted.position { try save(position, of: stream) }
        }
        try database.statement(
            """
            UPDATE device SET sequence = ?, previous = ?, sealed = sealed + ?, acknowledged = acknowledged + ?
            """
        ).run([
            .integer(chain.sequence), .blob(chain.previous), .integer(held.sealed), .integer(held.acknowledged),
        ])
    }

    /// Frees a held batch that the receipt is for; nil where that row is not held.
    func acknowledgeHeld(_ row: Int64, isFor: (BatchSeal) -> Bool) -> Bool? {
        guard let batch = held.batches[row] else { return nil }
        guard isFor(batch.seal) else { return false }
        held.acknowledge(row)
        forget(framesBytes: batch.closed.framesBytes)
        return true
    }

    private func hasUndeclaredGaps(_ stream: String) throws -> Bool {
        try database.statement("SELECT 1 FROM gaps WHERE stream = ? AND batch IS NULL LIMIT 1")
            .firstRow([.text(stream)]) != nil
    }
}
