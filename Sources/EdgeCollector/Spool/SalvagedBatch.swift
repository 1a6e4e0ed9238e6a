import Cryptography
import SQLite

/// What can be read of one batch of a damaged spool.
enum SalvagedBatch {
    /// There is none of that row.
    case missing
    /// It cannot be read, or its frames do not fit their digest; its counts where they can be read.
    case lost(ClosedBatch?)
    /// It is whole.
    case whole(ClosedBatch, segments: [[SQLiteValue]])
    /// It was being filled; whether its frames fit its counters is still to be seen.
    case open(stream: String, boot: String, segments: [[SQLiteValue]])

    private static let segments = """
        SELECT events, malformed, raw_bytes, first_ms, last_ms, resume_ms, bytes FROM segments
        WHERE id >= ? AND id < ? ORDER BY id
        """

    /// Reads the batch of that row.
    init(_ row: Int64, from source: SQLiteDatabase) {
        let found = Self.readable {
            try source.statement("SELECT stream, boot, state FROM batches WHERE id = ?").firstRow([.integer(row)])
        }
        guard case .some(let columns) = found else {
            self = .lost(nil)
            return
        }
        guard let columns else {
            self = .missing
            return
        }
        let segments = Self.readable { try source.statement(Self.segments).rows(Spool.segmentRange(of: row)) }
        if columns[2] == .integer(SpoolSchema.State.open) {
            guard let stream = columns[0].text, let boot = columns[1].text, let segments, !segments.isEmpty else {
                self = .lost(nil)
                return
            }
            self = .open(stream: stream, boot: boot, segments: segments)
            return
        }
        let closed = Self.readable { try ClosedBatch.load(row, from: source) } ?? nil
        self.init(closed, segments: segments)
    }

    /// Takes a row of `batches`, all its columns in the table's order, and the batch's segments.
    init(_ values: [SQLiteValue], segments: [[SQLiteValue]]) {
        if values[2] == .integer(SpoolSchema.State.open) {
            guard let stream = values[1].text, let boot = values[3].text, !segments.isEmpty else {
                self = .lost(nil)
                return
            }
            self = .open(stream: stream, boot: boot, segments: segments)
            return
        }
        let columns = [1, 3, 7, 8, 11, 12, 13, 4, 5, 6, 9, 10].map { values[$0] }
        self.init(Self.readable { try ClosedBatch(columns) } ?? nil, segments: segments)
    }

    private init(_ closed: ClosedBatch?, segments: [[SQLiteValue]]?) {
        let hash = SHA256()
        for segment in segments ?? [] { hash.update(segment[6].blob ?? []) }
        if let closed, let segments, hash.digest() == closed.framesSHA256 {
            self = .whole(closed, segments: segments)
        } else {
            self = .lost(closed)
        }
    }

    /// What `body` reads, or nil where the damage is in its way: that is why it is salvaged.
    static func readable<Result>(_ body: () throws -> Result) -> Result? {
        do { return try body() } catch { return nil }
    }
}
