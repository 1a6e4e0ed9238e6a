import SQLite

extension Spool {
    /// Runs `body` and the deletion of what is acknowledged in one transaction. A full disk or a failing one is noted
    /// in `writeFailure` and returns nil: all stays in memory for the next try. A damaged file throws `damagedSpool`.
    /// `writeFailure` stays until also all that has failed before is written.
    @discardableResult
    func write<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            let result = try database.transaction {
                try deleteAcknowledged()
                try saveHeld()
                if notes.unwrittenSince != nil { try notes.save(to: database) }
                return try body()
            }
            notes.markWritten()
            held.markWritten()
            acknowledged.removeAll(keepingCapacity: true)
            acknowledgedAt = nil
            hasWritten = true
            clearFailure()
            return result
        } catch let error as SQLiteError {
            try noteFailure(error)
            return nil
        }
    }

    /// Runs `body`, which reads. A failing disk is noted in `writeFailure` and returns nil; a damaged file throws
    /// `damagedSpool`.
    @discardableResult
    func read<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let error as SQLiteError {
            try noteFailure(error)
            return nil
        }
    }

    /// Nothing stands in the way of reading on, once no stream has anything that could not be written down.
    func clearFailure() {
        if !open.values.contains(where: \.isStuck) { writeFailure = nil }
    }

    /// Tries again what has failed; where only reading or a receipt has, whether anything at all can be written.
    func retry(at moment: Moment) throws {
        let stuck = open.values.filter(\.isStuck)
        for batch in stuck { try flush(batch, at: moment) }
        if stuck.isEmpty { try write { try database.statement("UPDATE device SET id = 1").run() } }
    }

    private func noteFailure(_ error: SQLiteError) throws(EdgeError) {
        if error.isCorrupt { throw .damagedSpool("\(error)") }
        writeFailure = "\(error)"
    }

    /// The bytes that the database and its log take on the disk, free pages not counted.
    public func usedBytes() throws -> Int {
        let pages = try pragma("page_count") - pragma("freelist_count")
        return (pages + SpoolSettings.logPages) * SpoolSettings.pageBytes
    }

    /// Holds the used space against the quota; a tenth has to be free again before reading goes on.
    func measure() throws {
        let used = try usedBytes() + settings.sealBytes
        isOverQuota = used > (isOverQuota ? settings.quotaBytes / 10 * 9 : settings.quotaBytes)
    }

    /// Gives a few of many free pages back to the disk, now and then: when that goes on, or when it is asked for.
    func giveSpaceBack(at moment: Moment, isAsked: Bool) throws {
        guard writeFailure == nil, givesBackAt.map({ $0 <= moment.monotonic }) ?? isAsked else { return }
        givesBackAt = nil
        try read {
            guard try pragma("freelist_count") > SpoolSettings.sparePages else { return }
            givesBackAt = moment.monotonic + SpoolSettings.givingBackInterval
            try database.execute("PRAGMA incremental_vacuum(\(SpoolSettings.pagesGivenBack))")
        }
    }

    private func pragma(_ name: String) throws -> Int {
        Int(try database.statement("PRAGMA \(name)").firstRow()?[0].integer ?? 0)
    }

    func countBacklog() throws {
        let row = try database.prepare("SELECT count(*), sum(frames_bytes) FROM batches WHERE state > 0").firstRow()
        backlog = Backlog(batches: row?[0].integer ?? 0, bytes: row?[1].integer ?? 0)
    }
}
