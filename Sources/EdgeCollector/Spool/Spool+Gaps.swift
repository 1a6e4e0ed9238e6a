import BatchFormat
import SQLite

extension Spool {
    /// Declares that events of a stream are missing; written down with the next flush, carried by the next manifest.
    public func declare(_ gap: Gap, in stream: String, at moment: Moment) {
        count(gap, in: stream)
        let batch = batch(of: stream)
        if let index = batch.gaps.firstIndex(where: { $0.reason == gap.reason }) {
            batch.gaps[index].merge(gap)
        } else {
            batch.gaps.append(gap)
        }
        batch.touch(at: moment.monotonic)
    }

    /// Whether the stream's resume point went with a damaged file, and nothing was stored since but what was brought over
    /// from there: until its source is open again, more may be missing than the gap says.
    func hasLostResumePoint(of stream: String) throws -> Bool {
        let batch = batch(of: stream)
        guard batch.resume == nil, batch.position == nil else { return false }
        if batch.gaps.contains(where: { $0.reason == "damaged" }) { return true }
        return try database.statement(
            """
            SELECT 1 FROM gaps WHERE stream = ?1 AND reason = 'damaged'
            UNION ALL SELECT 1 FROM streams WHERE stream = ?1 AND events > 0 LIMIT 1
            """
        ).firstRow([.text(stream)]) != nil
    }

    func count(_ gap: Gap, in stream: String) {
        let place = Missing(stream: stream, reason: gap.reason)
        missing[place, default: MissingCount()].gaps += 1
        missing[place, default: MissingCount()].events += gap.events
    }

    /// Puts a message aside that is no event, and declares it missing.
    ///
    /// - Parameter reason: one word, see `Gap`.
    public func setAside(_ message: UnsafeRawBufferPointer, of stream: String, reason: String, at moment: Moment) {
        let batch = batch(of: stream)
        let gap = Gap(
            fromMilliseconds: moment.milliseconds, toMilliseconds: moment.milliseconds, events: 1,
            bytes: Int64(message.count), reason: reason)
        declare(gap, in: stream, at: moment)
        let kept = UnsafeRawBufferPointer(rebasing: message.prefix(BatchLimits.maximumLineBytes))
        guard batch.deadLetters.count < Self.deadLettersAFlush else { return }
        batch.deadLetters.append(
            DeadLetter(
                milliseconds: moment.milliseconds, reason: reason, count: message.count, bytes: Array(kept)))
    }

    /// More of them between two flushes are declared, but not kept.
    private static let deadLettersAFlush = 16

    /// Adds gaps to those no manifest carries yet, one row a reason: as `Gap.merge`, since `min` and `max` of null are null.
    func saveGaps(_ gaps: [Gap], stream: String) throws {
        for gap in gaps {
            try database.statement(
                """
                INSERT INTO gaps (stream, from_ms, to_ms, events, bytes, reason) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (stream, reason) WHERE batch IS NULL DO UPDATE SET
                    from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms),
                    events = events + excluded.events, bytes = bytes + excluded.bytes
                """
            ).run([
                .text(stream), SQLiteValue(gap.fromMilliseconds), SQLiteValue(gap.toMilliseconds),
                .integer(gap.events), .integer(gap.bytes), .text(gap.reason),
            ])
        }
    }

    /// Lets the manifest of that batch carry the stream's gaps, and returns all it carries.
    func declareGaps(in row: Int64, stream: String) throws -> [Gap] {
        try database.statement("UPDATE gaps SET batch = ? WHERE stream = ? AND batch IS NULL").run([
            .integer(row), .text(stream),
        ])
        return try gaps(of: row)
    }

    func gaps(of row: Int64) throws -> [Gap] {
        try database.statement("SELECT from_ms, to_ms, events, bytes, reason FROM gaps WHERE batch = ? ORDER BY id")
            .rows([.integer(row)])
            .map { columns in
                Gap(
                    fromMilliseconds: columns[0].integer, toMilliseconds: columns[1].integer,
                    events: columns[2].integer ?? 0, bytes: columns[3].integer ?? 0, reason: columns[4].text ?? "")
            }
    }

    /// Takes the gaps back from a batch whose manifest never arrives, for the next one.
    func reclaimGaps(of row: Int64, stream: String) throws {
        let carried = try gaps(of: row)
        try database.statement("DELETE FROM gaps WHERE batch = ?").run([.integer(row)])
        try saveGaps(carried, stream: stream)
    }

    func saveDeadLetters(_ letters: [DeadLetter], stream: String) throws {
        guard !letters.isEmpty else { return }
        for letter in letters {
            try database.statement(
                "INSERT INTO dead_letters (stream, at_ms, reason, count, bytes) VALUES (?, ?, ?, ?, ?)"
            ).run([
                .text(stream), .integer(letter.milliseconds), .text(letter.reason), .integer(Int64(letter.count)),
                .blob(letter.bytes),
            ])
        }
        try addTotals(of: stream, BatchCounts(), resume: nil, deadLetters: letters.count)
        try database.statement(
            """
            DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM (
                SELECT id, row_number() OVER newest AS place, sum(length(bytes)) OVER newest AS total
                FROM dead_letters WINDOW newest AS (ORDER BY id DESC)
            ) WHERE place > ? OR total > ?)
            """
        ).run([
            .integer(Int64(SpoolSettings.deadLetterCount)), .integer(Int64(settings.keptDeadLetterBytes)),
        ])
    }
}

extension Gap {
    /// Widens the gap to cover `other` too. An end that is not known of one of them is not known of both.
    mutating func merge(_ other: Gap) {
        fromMilliseconds = fromMilliseconds.flatMap { from in other.fromMilliseconds.map { min(from, $0) } }
        toMilliseconds = toMilliseconds.flatMap { to in other.toMilliseconds.map { max(to, $0) } }
        events += other.events
        bytes += other.bytes
    }
}
