import BatchFormat
import Cryptography
import SQLite
import Zstandard

extension Spool {
    /// Completes, checks and closes every batch that the last run left open.
    func recoverOpenBatches(at moment: Moment) throws {
        let rows = try database.prepare("SELECT id, stream, boot FROM batches WHERE state = ? ORDER BY id")
            .rows([.integer(SpoolSchema.State.open)])
        for row in rows {
            guard let id = row[0].integer, let stream = row[1].text, let boot = row[2].text else {
                throw EdgeError.damagedSpool("an open batch lacks a value")
            }
            recovered(try recover(id, stream: stream, boot: boot, at: moment))
        }
    }

    /// Completes, checks and closes a batch that was cut off.
    ///
    /// - Parameter movesResume: whether its resume point becomes the stream's.
    func recover(
        _ row: Int64, stream: String, boot: String, movesResume: Bool = true, at moment: Moment
    ) throws -> SpoolRecovery {
        let last = try database.prepare(
            """
            SELECT events, malformed, raw_bytes, first_ms, last_ms, resume_ms, id FROM segments
            WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1
            """
        ).firstRow(segmentRange(of: row))
        guard let last, let lastSegment = last[6].integer else {
            try database.transaction { try delete(row) }
            return .lost(stream: stream, events: 0, reason: "it has no segment")
        }
        let counts = BatchCounts(last, from: 0)
        let resume = movesResume ? last[5].integer : nil
        var frames: [UInt8] = []
        try forEachSegment(of: row) { frames += $0 }
        let cutOff: Bool
        do {
            cutOff = try Self.isCutOff(frames, counts)
        } catch {
            try abandon(row, stream: stream, counts: counts, resume: resume)
            return .lost(stream: stream, events: counts.events, reason: "\(error)")
        }
        if cutOff { frames += FrameCompressor.terminator }
        let closed = ClosedBatch(
            stream: stream, boot: boot, counts: counts, framesBytes: Int64(frames.count),
            framesSHA256: SHA256.digest(frames), closedMilliseconds: moment.milliseconds, clock: moment.clock,
            scoring: nil)
        try complete(row, closed, resume: resume, endBehind: cutOff ? lastSegment : nil)
        return .completed(stream: stream, events: counts.events)
    }

    /// Closes and seals a batch in one transaction, with the end of its frame behind that segment where it lacks one.
    private func complete(_ row: Int64, _ closed: ClosedBatch, resume: Int64?, endBehind segment: Int64?) throws {
        var sealed = chain
        try database.transaction {
            if let segment {
                try database.prepare(
                    """
                    INSERT INTO segments SELECT ?, events, malformed, raw_bytes, first_ms, last_ms, resume_ms, ?
                    FROM segments WHERE id = ?
                    """
                ).run([.integer(segment + 1), .blob(FrameCompressor.terminator), .integer(segment)])
            }
            try closed.save(as: row, to: database)
            try addTotals(of: closed.stream, closed.counts, resume: resume)
            try seal(row, closed, chain: &sealed)
        }
        chain = sealed
    }

    /// Whether the frames lack their end. Throws where they do not hold what the counters say.
    private static func isCutOff(_ frames: [UInt8], _ counts: BatchCounts) throws -> Bool {
        var lines: [UInt8] = []
        let decompressor = try FrameDecompressor(limit: Int(counts.rawBytes))
        try decompressor.decompress(frames, to: &lines)
        var isCutOff = false
        do throws(ZstandardError) {
            try decompressor.finish()
        } catch {
            guard error == .truncated else { throw error }
            isCutOff = true
            try decompressor.decompress(FrameCompressor.terminator, to: &lines)
            try decompressor.finish()
        }
        var events: Int64 = 0
        EventLines(lines).forEach { _ in events += 1 }
        guard lines.count == Int(counts.rawBytes), events == counts.events, lines.last == EventLines.lineFeed else {
            throw EdgeError.damagedSpool(
                "it holds \(events) lines of \(lines.count) bytes, not \(counts.events) of \(counts.rawBytes)")
        }
        return isCutOff
    }

    private func abandon(_ row: Int64, stream: String, counts: BatchCounts, resume: Int64?) throws {
        let gap = Gap(
            fromMilliseconds: counts.firstMilliseconds, toMilliseconds: counts.lastMilliseconds,
            events: counts.events, bytes: counts.rawBytes, reason: "damaged")
        try database.transaction {
            try saveGaps([gap], stream: stream)
            try addTotals(of: stream, counts, resume: resume)
            try delete(row)
        }
    }
}
