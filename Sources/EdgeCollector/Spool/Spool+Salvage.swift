import BatchFormat
import SQLite

extension Spool {
    /// Takes the resume points, counters and gaps of a damaged file over, declares that something may be missing, and notes
    /// the file's batches for `continueSalvage`: one transaction, done once a file.
    func beginSalvage(of file: String, in folder: any SpoolFolder, at moment: Moment) throws {
        let rows = SpoolSalvage.rows(of: file, in: folder)
        let columns = SpoolSalvage.streamColumns
        let streams = SpoolSalvage.streams(of: file, in: folder)
        let gaps = SpoolSalvage.copies(
            "SELECT stream, from_ms, to_ms, events, bytes, reason FROM gaps", of: file, in: folder)
        let unfinished = SpoolSalvage.copies("SELECT file, first, last FROM salvages", of: file, in: folder)
        let insert = "INSERT OR REPLACE INTO salvages (file, first, last) VALUES (?, ?, ?)"
        let known = try database.statement("SELECT 1 FROM salvages WHERE file = ?").firstRow([.text(file)])
        guard known == nil else { return }
        try database.transaction {
            for row in streams {
                try database.statement("INSERT OR REPLACE INTO streams (\(columns)) VALUES (?, ?, ?, ?, ?, ?)").run(row)
            }
            for row in gaps {
                guard let stream = row[0].text else { continue }
                let gap = Gap(
                    fromMilliseconds: row[1].integer, toMilliseconds: row[2].integer, events: row[3].integer ?? 0,
                    bytes: row[4].integer ?? 0, reason: row[5].text ?? "damaged")
                try saveGaps([gap], stream: stream)
            }
            let gap = Gap(toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "damaged")
            for stream in open.keys { try saveGaps([gap], stream: stream) }
            for row in unfinished where row[0].text != nil { try database.statement(insert).run(row) }
            try database.statement(insert)
                .run([.text(file), .integer(rows.lowerBound), .integer(rows.upperBound)])
        }
    }

    /// The last transactions are gone with the log. What they had sealed may be known to the cloud under the next names: so
    /// all is sealed again under a new epoch.
    func noteLostTransactions(at moment: Moment) throws {
        var abandoned = chain
        let gap = Gap(toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "damaged")
        try database.transaction {
            for stream in open.keys { try saveGaps([gap], stream: stream) }
            try abandoned.unseal(in: database)
            try abandoned.save(to: database)
        }
        chain = abandoned
        recovered(.cutShort)
    }

    /// Opens the damaged files whose batches are not all here yet.
    func resumeSalvages(in folder: any SpoolFolder) throws {
        for row in try database.prepare("SELECT file, first, last FROM salvages ORDER BY file").rows() {
            guard let file = row[0].text, let first = row[1].integer, let last = row[2].integer, first <= last else {
                try database.transaction {
                    try database.prepare("DELETE FROM salvages WHERE file = ?").run([row[0]])
                }
                continue
            }
            salvages.append(SpoolSalvage(file, in: folder, rows: first...last))
        }
    }

    /// Brings one batch more over, where there is one and room for it.
    func continueSalvage(at moment: Moment) throws {
        guard let salvage = salvages.first, isAccepting else { return }
        guard try !salvage.step(into: self, at: moment) else { return }
        let done: Void? = try write {
            try database.statement("DELETE FROM salvages WHERE file = ?").run([.text(salvage.file)])
        }
        guard done != nil else { return }
        salvages.removeFirst()
        recovered(.salvaged(file: salvage.file, saved: salvage.saved, lost: salvage.lost))
    }

    /// Stores what was read of a damaged file's batch, and that all up to that row is done. False where the disk refused.
    func take(_ batch: SalvagedBatch, of salvage: SpoolSalvage, behind row: Int64, at moment: Moment) throws -> Bool {
        var sealed = chain
        let own = nextBatch
        let written: Void? = try write {
            try database.statement("UPDATE salvages SET first = ? WHERE file = ?").run([
                .integer(row + 1), .text(salvage.file),
            ])
            switch batch {
            case .missing: break
            case .lost(let closed):
                if let closed { try saveGaps([closed.gap(reason: "damaged")], stream: closed.stream) }
            case .whole(let closed, let segments):
                try insertOpenBatch(own, stream: closed.stream, boot: closed.boot)
                try insert(segments, of: own)
                try closed.save(as: own, to: database)
                try seal(own, closed, chain: &sealed)
                if !salvage.hasCounted(closed.stream) {
                    try addTotals(of: closed.stream, closed.counts, resume: nil)
                }
            case .open(let stream, let boot, let segments):
                try insertOpenBatch(own, stream: stream, boot: boot)
                try insert(segments, of: own)
            }
        }
        guard written != nil else { return false }
        chain = sealed
        switch batch {
        case .missing: break
        case .lost(let closed):
            if let closed { count(closed.gap(reason: "damaged"), in: closed.stream) }
        case .whole(let closed, _):
            nextBatch += 1
            backlog.batches += 1
            backlog.bytes += closed.framesBytes
        case .open(let stream, let boot, _):
            nextBatch += 1
            try read { recovered(try recover(own, stream: stream, boot: boot, movesResume: false, at: moment)) }
            try read { try countBacklog() }
        }
        return true
    }

    private func insert(_ segments: [[SQLiteValue]], of row: Int64) throws {
        for (number, segment) in segments.enumerated() {
            try insertSegment(segment, id: row << Self.segmentBits | Int64(number))
        }
    }
}
