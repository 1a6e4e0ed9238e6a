import SQLite

/// What the spool's database and the models' folder say about an edge, whether it runs or not.
struct EdgeReport {
    /// A stream, its open batch included.
    struct Stream {
        var name: String
        var events: Int64
        var malformed: Int64
        var setAside: Int64
        var lastEventMilliseconds: Int64?
        var resumeMilliseconds: Int64?
        var modelVersion: Int64?
        var rejected: [ModelSlots.Rejected]
    }

    /// Whether the edge keeps in memory what the cloud takes at once: the figures on the disk may then be as old as
    /// `HoldPolicy.noteLimit`.
    var isHolding: Bool
    var epoch: Int64?
    var sequence: Int64
    var backlogBatches: Int64
    var backlogBytes: Int64
    var sealed: Int64
    var acknowledged: Int64
    var deadLetters: Int64
    var contactMilliseconds: Int64?
    var error: String?
    var errorMilliseconds: Int64?
    var streams: [Stream]

    /// Reads the report.
    init(_ database: SQLiteDatabase, state: StateDirectory) throws {
        let device = try database.statement(
            "SELECT epoch, sequence, sealed, acknowledged, contact_ms, error, error_ms FROM device"
        ).firstRow()
        let backlog = try database.statement("SELECT count(*), sum(frames_bytes) FROM batches WHERE state > 0")
            .firstRow()
        isHolding = try HeldBatches.isMarked(in: database)
        epoch = device?[0].integer
        sequence = Self.count(device?[1])
        sealed = Self.count(device?[2])
        acknowledged = Self.count(device?[3])
        contactMilliseconds = device?[4].integer
        error = device?[5].text
        errorMilliseconds = device?[6].integer
        backlogBatches = Self.count(backlog?[0])
        backlogBytes = Self.count(backlog?[1])
        deadLetters = Self.count(try database.statement("SELECT count(*) FROM dead_letters").firstRow()?[0])
        streams = try database.statement("SELECT stream FROM streams UNION SELECT stream FROM batches ORDER BY 1")
            .rows().compactMap { $0[0].text }.map { try Self.stream($0, database, state) }
    }

    /// Adds what is in memory alone, which only the running edge knows.
    mutating func add(_ held: HeldBatches) {
        backlogBatches += Int64(held.batches.count)
        backlogBytes += held.batches.values.reduce(0) { $0 + $1.closed.framesBytes }
        sealed += held.sealed
        acknowledged += held.acknowledged
        for place in streams.indices {
            guard let unnoted = held.streams[streams[place].name] else { continue }
            streams[place].events += unnoted.counts.events
            streams[place].malformed += unnoted.counts.malformed
            streams[place].lastEventMilliseconds =
                [streams[place].lastEventMilliseconds, unnoted.counts.lastMilliseconds].compactMap { $0 }.max()
            streams[place].resumeMilliseconds = unnoted.resume ?? streams[place].resumeMilliseconds
        }
    }

    private static func stream(_ name: String, _ database: SQLiteDatabase, _ state: StateDirectory) throws -> Stream {
        let totals = try database.statement(
            "SELECT events, malformed, dead_letters, last_event_ms, resume_ms FROM streams WHERE stream = ?"
        ).firstRow([.text(name)])
        let open = try openBatch(of: name, database)
        var slots = ModelSlots(stream: name, state: state)
        try slots.read()
        return Stream(
            name: name, events: count(totals?[0], open?[0]), malformed: count(totals?[1], open?[1]),
            setAside: count(totals?[2]),
            lastEventMilliseconds: [totals?[3].integer, open?[2].integer].compactMap { $0 }.max(),
            resumeMilliseconds: open?[3].integer ?? totals?[4].integer, modelVersion: slots.active?.version,
            rejected: slots.rejected)
    }

    /// The last segment of the stream's open batch; found by its number, for a running edge is asked often.
    private static func openBatch(of stream: String, _ database: SQLiteDatabase) throws -> [SQLiteValue]? {
        let batch = try database.statement("SELECT max(id) FROM batches WHERE stream = ? AND state = 0")
            .firstRow([.text(stream)])
        guard let row = batch?[0].integer else { return nil }
        return try database.statement(
            """
            SELECT events, malformed, last_ms, resume_ms FROM segments WHERE id >= ? AND id < ?
            ORDER BY id DESC LIMIT 1
            """
        ).firstRow([.integer(row << Spool.segmentBits), .integer((row + 1) << Spool.segmentBits)])
    }

    private static func count(_ values: SQLiteValue?...) -> Int64 {
        values.reduce(0) { $0 + ($1?.integer ?? 0) }
    }
}
