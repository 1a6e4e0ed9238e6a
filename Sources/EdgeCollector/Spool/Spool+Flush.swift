import BatchFormat
import Cryptography
import SQLite

extension Spool {
    /// Writes down what a stream has in memory: one transaction. The batch is closed with it where it is large enough.
    func flush(_ batch: OpenBatch, at moment: Moment) throws {
        guard batch.isUnwritten else { return }
        try batch.compress(ending: false)
        if batch.frameBytes >= settings.sealBytes || isLastSegment(batch) {
            try close(batch, at: moment)
        } else {
            try store(batch, at: moment) { _ in }
        }
    }

    /// Ends a stream's open batch and seals it, if an epoch is known: one transaction with its last flush.
    func close(_ batch: OpenBatch, at moment: Moment) throws {
        guard batch.counts.events > 0 else { return try flush(batch, at: moment) }
        try batch.compress(ending: true)
        let report = scoring(batch.stream)
        let closed = ClosedBatch(
            stream: batch.stream, boot: identity.boot, counts: batch.counts, framesBytes: Int64(batch.frameBytes),
            framesSHA256: batch.frameDigest, closedMilliseconds: moment.milliseconds, clock: moment.clock,
            scoring: report)
        var sealed = chain
        let written = try store(batch, at: moment) { row in
            try closed.save(as: row, to: database)
            try addTotals(of: batch)
            try seal(row, closed, chain: &sealed)
        }
        guard written else { return }
        chain = sealed
        backlog.batches += 1
        backlog.bytes += closed.framesBytes
        batch.begin()
        didClose(batch.stream)
        batch.takeWaiting { line in
            line.bytes.withUnsafeBytes {
                add($0, to: batch, time: line.time, isMalformed: line.isMalformed, at: moment)
            }
        }
    }

    /// Writes the segment and all that goes with it, and `more` in the same transaction. False where the disk refused.
    @discardableResult
    private func store(_ batch: OpenBatch, at moment: Moment, _ more: (_ row: Int64) throws -> Void) throws -> Bool {
        let row = batch.row ?? (id: nextBatch, segments: 0)
        let hasFrames = !batch.frames.isEmpty
        let written: Void? = try write {
            if hasFrames {
                if batch.row == nil { try insertOpenBatch(row.id, stream: batch.stream, boot: identity.boot) }
                try insertSegment(of: batch, id: row.id << Self.segmentBits | Int64(row.segments))
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

    private func insertSegment(of batch: OpenBatch, id: Int64) throws {
        try database.statement(
            """
            INSERT INTO segments (id, events, malformed, raw_bytes, first_ms, last_ms, resume_ms, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run([.integer(id)] + batch.counts.values + [SQLiteValue(batch.resume), .blob(batch.frames)])
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
