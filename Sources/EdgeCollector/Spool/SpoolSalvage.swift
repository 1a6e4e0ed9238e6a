import BatchFormat
import Cryptography
import SQLite

/// Copies out of a damaged spool what can be read and verified; runs once, before the new spool is used.
struct SpoolSalvage {
    private let path: String
    private let fileSystem: String?
    private let target: Spool

    init(from path: String, fileSystem: String?, to target: Spool) {
        self.path = path
        self.fileSystem = fileSystem
        self.target = target
    }

    /// How many batches were copied. What cannot be read is passed over: it is declared as a gap by the caller.
    func run() throws -> Int {
        let source: SQLiteDatabase
        do {
            source = try SQLiteDatabase(path: path, access: .readOnly, fileSystem: fileSystem)
            try copyStreams(from: source)
            try copyGaps(from: source)
        } catch is SQLiteError {
            return 0
        }
        var count = 0
        for row in Self.readable({ try source.prepare("SELECT id FROM batches ORDER BY id").rows() }) ?? [] {
            guard let id = row[0].integer, let batch = Self.readable({ try read(id, from: source) }) ?? nil else {
                continue
            }
            try insert(batch)
            count += 1
        }
        return count
    }

    private struct Salvaged {
        let columns: [SQLiteValue]
        let segments: [[SQLiteValue]]
    }

    private static let columns = """
        stream, state, boot, events, malformed, raw_bytes, frames_bytes, frames_sha256, first_ms, last_ms, closed_ms,
        clock, scoring
        """

    private func read(_ row: Int64, from source: SQLiteDatabase) throws -> Salvaged? {
        let columns = try source.prepare("SELECT \(Self.columns) FROM batches WHERE id = ?").firstRow([.integer(row)])
        let segments = try source.prepare(
            """
            SELECT events, malformed, raw_bytes, first_ms, last_ms, resume_ms, bytes FROM segments
            WHERE id >= ? AND id < ? ORDER BY id
            """
        ).rows(target.segmentRange(of: row))
        guard var columns, !segments.isEmpty else { return nil }
        if columns[1] != .integer(SpoolSchema.State.open) {
            let hash = SHA256()
            for segment in segments { hash.update(segment[6].blob ?? []) }
            guard columns[7] == .blob(hash.digest()) else { return nil }
            columns[1] = .integer(SpoolSchema.State.closed)
        }
        return Salvaged(columns: columns, segments: segments)
    }

    private func insert(_ batch: Salvaged) throws {
        let row = target.nextBatch
        try target.database.transaction {
            try target.database.statement(
                "INSERT INTO batches (id, \(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ).run([.integer(row)] + batch.columns)
            for (number, segment) in batch.segments.enumerated() {
                try target.database.statement(
                    """
                    INSERT INTO segments (id, events, malformed, raw_bytes, first_ms, last_ms, resume_ms, bytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
                ).run([.integer(row << Spool.segmentBits | Int64(number))] + segment)
            }
        }
        target.nextBatch += 1
    }

    private func copyStreams(from source: SQLiteDatabase) throws {
        let columns = "stream, resume_ms, events, malformed, dead_letters, last_event_ms"
        let rows = try source.prepare("SELECT \(columns) FROM streams").rows()
        try target.database.transaction {
            for row in rows {
                try target.database.statement("INSERT INTO streams (\(columns)) VALUES (?, ?, ?, ?, ?, ?)").run(row)
            }
        }
    }

    private func copyGaps(from source: SQLiteDatabase) throws {
        let rows = try source.prepare("SELECT stream, from_ms, to_ms, events, bytes, reason FROM gaps").rows()
        try target.database.transaction {
            for row in rows {
                guard let stream = row[0].text else { continue }
                let gap = Gap(
                    fromMilliseconds: row[1].integer, toMilliseconds: row[2].integer, events: row[3].integer ?? 0,
                    bytes: row[4].integer ?? 0, reason: row[5].text ?? "damaged")
                try target.saveGaps([gap], stream: stream)
            }
        }
    }

    /// What `body` reads, or nil where the damage is in its way.
    private static func readable<Result>(_ body: () throws -> Result) -> Result? {
        do { return try body() } catch { return nil }
    }
}
