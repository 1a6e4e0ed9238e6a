import BatchFormat
import JSON
import SQLite

/// What a batch's manifest says of its content, final once the batch is closed.
struct ClosedBatch {
    let stream: String
    let boot: String
    let counts: BatchCounts
    let framesBytes: Int64
    let framesSHA256: [UInt8]
    let closedMilliseconds: Int64
    let clock: ClockState
    let scoring: ScoringReport?

    private static let columns = """
        stream, boot, frames_bytes, frames_sha256, closed_ms, clock, scoring, events, malformed, raw_bytes, first_ms,
        last_ms
        """

    /// Turns the open batch of that row into a closed one.
    func save(as row: Int64, to database: SQLiteDatabase) throws {
        try database.statement(
            """
            UPDATE batches SET state = ?, frames_bytes = ?, frames_sha256 = ?, closed_ms = ?, clock = ?, scoring = ?,
                events = ?, malformed = ?, raw_bytes = ?, first_ms = ?, last_ms = ?
            WHERE id = ?
            """
        ).run(
            [
                .integer(SpoolSchema.State.closed), .integer(framesBytes), .blob(framesSHA256),
                .integer(closedMilliseconds), .text(clock.rawValue), SQLiteValue(scoring?.json.text),
            ] + counts.values + [.integer(row)])
    }

    /// Reads the closed or sealed batch of that row.
    static func load(_ row: Int64, from database: SQLiteDatabase) throws -> ClosedBatch? {
        let found = try database.statement("SELECT \(columns) FROM batches WHERE id = ? AND state > 0")
            .firstRow([.integer(row)])
        guard let found else { return nil }
        guard let closed = try ClosedBatch(found) else { throw EdgeError.damagedSpool("batch \(row) lacks a value") }
        return closed
    }

    /// The manifest of this batch under that name.
    func manifest(_ batch: BatchIdentity, fleet: String, previous: [UInt8], gaps: [Gap]) -> Manifest {
        Manifest(
            identity: batch, fleet: fleet, stream: stream, events: counts.events, rawBytes: counts.rawBytes,
            framesBytes: framesBytes, framesSHA256: framesSHA256, previous: previous,
            firstEventMilliseconds: counts.firstMilliseconds, lastEventMilliseconds: counts.lastMilliseconds,
            sealedAtMilliseconds: closedMilliseconds, clock: clock, boot: boot, gaps: gaps, scoring: scoring)
    }
}

extension ClosedBatch {
    /// Takes the values of `columns`; nil where one is not there.
    init?(_ found: [SQLiteValue]) throws {
        guard let stream = found[0].text, let boot = found[1].text, let framesBytes = found[2].integer,
            let digest = found[3].blob, let closed = found[4].integer,
            let clock = found[5].text.flatMap(ClockState.init(rawValue:))
        else { return nil }
        self.init(
            stream: stream, boot: boot, counts: BatchCounts(found, from: 7), framesBytes: framesBytes,
            framesSHA256: digest, closedMilliseconds: closed, clock: clock,
            scoring: try found[6].text.map { try ScoringReport(JSONValue(parsing: $0)) })
    }
}
