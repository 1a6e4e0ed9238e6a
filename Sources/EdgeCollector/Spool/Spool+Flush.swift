import BatchFormat
import Cryptography
import SQLite

extension Spool {
    /// Writes down what a stream has in memory: one transaction. The batch is closed with it where it is large enough.
    func flush(_ batch: OpenBatch, at moment: Moment) throws {
        guard batch.isUnwritten else { return }
        try batch.compress(.flushed)
        if batch.frameBytes >= settings.sealBytes || isLastSegment(batch) {
            try close(batch, at: moment)
        } else if isHeld(batch, at: moment) {
            batch.keepInMemory()
        } else {
            try store(batch, at: moment) { _ in }
        }
    }

    /// Ends a stream's open batch and seals it, if an epoch is known: one transaction with its last flush, or in memory
    /// where it may be held.
    func close(_ batch: OpenBatch, at moment: Moment) throws {
        guard batch.counts.events > 0 else { return try flush(batch, at: moment) }
        try batch.compress(.ended)
        let report = scoring(batch.stream)
        let closed = ClosedBatch(
            stream: batch.stream, boot: identity.boot, counts: batch.counts, framesBytes: Int64(batch.frameBytes),
            framesSHA256: batch.frameDigest, closedMilliseconds: moment.milliseconds, clock: moment.clock,
            scoring: report)
        guard try hold(closed, of: batch, at: moment) || storeClosed(closed, of: batch, at: moment) else { return }
        backlog.batches += 1
        backlog.bytes += closed.framesBytes
        batch.begin()
        didClose(batch.stream)
        try batch.takeWaiting { line in
            try line.bytes.withUnsafeBytes {
                try add($0, to: batch, time: line.time, isMalformed: line.isMalformed, at: moment)
            }
        }
    }

    private func storeClosed(_ closed: ClosedBatch, of batch: OpenBatch, at moment: Moment) throws -> Bool {
        var sealed = chain
        let written = try store(batch, at: moment) { row in
            try closed.save(as: row, to: database)
            try addTotals(of: batch)
            try seal(row, closed, chain: &sealed)
        }
        if written { chain = sealed }
        return written
    }

    /// Writes the segment and all that goes with it, and `more` in the same transaction. False where the disk refused.
    @discardableResult
    private func store(_ batch: OpenBatch, at moment: Moment, _ more: (_ row: Int64) throws -> Void) throws -> Bool {
        let row = batch.row ?? (id: nextBatch, segments: 0)
        let hasFrames = !batch.frames.isEmpty
        let written: Void? = try write {
            if hasFrames {
                if batch.row == nil { try insertOpenBatch(row.id, stream: batch.stream, boot: identity.boot) }
                try insertSegment(
                    batch.frames, counts: batch.counts, resume: batch.resume,
                    id: row.id << Self.segmentBits | Int64(row.segments))
            } else if batch.resume != batch.storedResume {
                try saveResumePoint(of: batch)
            }
            try savePosition(of: batch)
            try saveGaps(batch.gaps, stream: batch.stream)
            try saveDeadLetters(batch.deadLetters, stream: batch.stream)
            try more(row.id)
        }
        guard written != nil else {
            failedAt = moment.monotonic
            batch.isStuck = true
            return false
        }
        if hasFrames {
            if batch.row == nil { nextBatch += 1 }
            batch.row = (row.id, row.segments + 1)
        }
        batch.markWritten()
        clearFailure()
        return true
    }

    private func isLastSegment(_ batch: OpenBatch) -> Bool {
        (batch.row?.segments ?? 0) >= SpoolSettings.segmentsPerBatch - 2
    }

    func insertOpenBatch(_ row: Int64, stream: String, boot: String) throws {
        try database.statement("INSERT INTO batches (id, stream, state, boot) VALUES (?, ?, ?, ?)").run([
            .integer(row), .text(stream), .integer(SpoolSchema.State.open), .text(boot),
        ])
    }

    func insertSegment(_ frames: [UInt8], counts: BatchCounts, resume: Int64?, id: Int64) throws {
        try insertSegment(counts.values + [SQLiteValue(resume), .blob(frames)], id: id)
    }

    /// - Parameter columns: all but the number, in the table's order.
    func insertSegment(_ columns: [SQLiteValue], id: Int64) throws {
        try database.statement(
            """
            INSERT INTO segments (id, events, malformed, raw_bytes, first_ms, last_ms, resume_ms, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run([.integer(id)] + columns)
    }

    private func saveResumePoint(of batch: OpenBatch) throws {
        try addTotals(of: batch.stream, BatchCounts(), resume: batch.resume)
    }

    private func addTotals(of batch: OpenBatch) throws {
        try addTotals(of: batch.stream, batch.counts, resume: batch.resume)
    }

    /// Adds a closed batch to the totals of its stream and moves the resume point.
    func addTotals(of stream: String, _ counts: BatchCounts, resume: Int64?, deadLetters: Int = 0) throws {
        try database.statement(
            """
            INSERT INTO streams (stream, resume_ms, events, malformed, dead_letters, last_event_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (stream) DO UPDATE SET
                resume_ms = coalesce(excluded.resume_ms, resume_ms), events = events + excluded.events,
                malformed = malformed + excluded.malformed, dead_letters = dead_letters + excluded.dead_letters,
                last_event_ms = coalesce(max(last_event_ms, excluded.last_event_ms), last_event_ms,
                    excluded.last_event_ms)
            """
        ).run([
            .text(stream), SQLiteValue(resume), .integer(counts.events), .integer(counts.malformed),
            .integer(Int64(deadLetters)), SQLiteValue(counts.lastMilliseconds),
        ])
    }
}
