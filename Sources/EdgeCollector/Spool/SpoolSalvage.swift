import SQLite

/// Brings the batches of a damaged spool over into the one in use, one at a time, while that collects and uploads.
///
/// The table `salvages` of the new spool has a row for each damaged file that is not done: its name, and the rows of its
/// batches that are still to be looked at. A batch and the progress are one transaction, so that a restart neither loses
/// nor repeats one. Batches are read by their row, around whatever damage there is. Where SQLite cannot lead to one, the
/// pages of the file are gone through for it, see `SpoolLeaves`. Each is taken only if its frames fit their digest, and
/// sealed anew. One that is not is declared a gap, with its counts where they can be read.
final class SpoolSalvage {
    /// Beside the format's first tables, so that a spool of an earlier build gets it too.
    static let table = """
        CREATE TABLE IF NOT EXISTS salvages (
            file TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    /// All columns of the table `streams`.
    static let streamColumns = "stream, resume_ms, events, malformed, dead_letters, last_event_ms"
    /// The rows that are looked at in one turn of the loop until there is a batch, at most.
    private static let rowsLookedAt: Int64 = 512
    /// The rows where nothing says which there are: those whose pages are found.
    private static let unknownRows: ClosedRange<Int64> = 1...Int64.max >> Spool.segmentBits

    /// The damaged file's name.
    let file: String
    /// How many batches were brought over, and how many could not be.
    private(set) var saved = 0
    private(set) var lost = 0
    private var unreadable = 0

    /// Nil where SQLite can do nothing with the file at all.
    private let source: SQLiteDatabase?
    private let leaves: SpoolLeaves
    /// The streams whose counters could be read.
    private let counted: Set<String>
    private var needsLeaves: Bool
    private var next: Int64
    private var last: Int64

    /// Goes on with those rows of a damaged file.
    init(_ file: String, in folder: any SpoolFolder, rows: ClosedRange<Int64>) {
        source = SalvagedBatch.readable { try Self.open(file, in: folder) }
        leaves = SpoolLeaves(file, in: folder)
        counted = Set(Self.streams(of: file, in: folder).compactMap { $0[0].text })
        needsLeaves = rows.upperBound == Self.unknownRows.upperBound
        self.file = file
        (next, last) = (rows.lowerBound, rows.upperBound)
    }

    private static func open(_ file: String, in folder: any SpoolFolder) throws(SQLiteError) -> SQLiteDatabase {
        let source = try SQLiteDatabase(
            path: folder.path(of: file), access: .readOnly, fileSystem: folder.fileSystem)
        // Without it SQLite reads nothing at all of a file that is shorter than it should be.
        try source.execute("PRAGMA writable_schema = ON")
        return source
    }

    /// Brings the next batch over. False once there is none; a disk that takes nothing leaves it for the next time.
    func step(into target: Spool, at moment: Moment) throws -> Bool {
        if needsLeaves, !leaves.isComplete {
            leaves.goOn()
            return true
        }
        if last == Self.unknownRows.upperBound {
            guard let rows = leaves.rows, next <= rows.upperBound else { return false }
            (next, last) = (max(next, rows.lowerBound), rows.upperBound)
        }
        let end = min(last, next + Self.rowsLookedAt - 1)
        var row = next
        var batch = SalvagedBatch.missing
        search: while row <= end {
            batch = read(row)
            if case .lost = batch, !needsLeaves {
                needsLeaves = true
                return true
            }
            switch batch {
            case .missing: row += 1
            case .lost(nil):
                unreadable += 1
                row += 1
            case .lost, .whole, .open: break search
            }
        }
        guard try target.take(batch, of: self, behind: min(row, end), at: moment) else { return true }
        next = min(row, end) + 1
        switch batch {
        case .missing, .lost(nil): return next <= last
        case .lost: lost += 1
        case .whole, .open: saved += 1
        }
        // Rows that cannot be read behind the last batch need not have been any.
        lost += unreadable
        unreadable = 0
        return next <= last
    }

    /// Whether the stream's counters were brought over: what its closed batches hold is in them.
    func hasCounted(_ stream: String) -> Bool {
        counted.contains(stream)
    }

    private func read(_ row: Int64) -> SalvagedBatch {
        let batch = source.map { SalvagedBatch(row, from: $0) } ?? .lost(nil)
        guard case .lost = batch, needsLeaves else { return batch }
        // Without SQLite a row that no page has need not have been any.
        return leaves.batch(row) ?? (source == nil ? .missing : batch)
    }

    /// The rows of a damaged file that may be batches.
    static func rows(of file: String, in folder: any SpoolFolder) -> ClosedRange<Int64> {
        guard let source = SalvagedBatch.readable({ try open(file, in: folder) }) else { return unknownRows }
        let bits = Spool.segmentBits
        func end(_ column: String) -> Int64? {
            SalvagedBatch.readable { try source.prepare("SELECT \(column)").firstRow()?[0].integer } ?? nil
        }
        let lower = [end("min(id) FROM batches"), end("min(id) >> \(bits) FROM segments")].compactMap { $0 }.min()
        let upper = [end("max(id) FROM batches"), end("max(id) >> \(bits) FROM segments")].compactMap { $0 }.max()
        guard let lower, let upper else { return unknownRows }
        return min(lower, upper)...max(lower, upper)
    }

    /// The resume points and counters of a damaged file, as far as they can be read: the columns of `streamColumns`.
    static func streams(of file: String, in folder: any SpoolFolder) -> [[SQLiteValue]] {
        copies("SELECT \(streamColumns) FROM streams", of: file, in: folder).filter { $0[0].text != nil }
    }

    /// The rows of a small table of a damaged file, as far as they can be read.
    static func copies(_ query: String, of file: String, in folder: any SpoolFolder) -> [[SQLiteValue]] {
        guard let source = SalvagedBatch.readable({ try open(file, in: folder) }) else { return [] }
        var rows: [[SQLiteValue]] = []
        _ = SalvagedBatch.readable { try source.prepare(query).forEachRow { rows.append($0.row) } }
        return rows
    }
}
