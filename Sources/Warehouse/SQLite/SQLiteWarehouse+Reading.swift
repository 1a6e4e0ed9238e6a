import SQLite

extension SQLiteWarehouse {
    var watermark: Int64 {
        get throws { try Ledger(database: database).watermark() }
    }

    func ledgerEntry(device: String, epoch: Int64, sequence: Int64) throws -> LedgerEntry? {
        try Ledger(database: database).entry(device: device, epoch: epoch, sequence: sequence)
    }

    func latestEntries() throws -> [LedgerEntry] {
        try Ledger(database: database).latest()
    }

    func forEachLedgerEntry(_ body: (LedgerEntry) throws -> Void) throws {
        try Ledger(database: database).forEachEntry(body)
    }

    func addGaps(to tally: inout GapTally) throws {
        try database.statement(
            "SELECT id, device, json_array_length(manifest, '$.gaps') FROM ledger WHERE id > ? ORDER BY id"
        ).forEachRow([.integer(tally.lastEntry)]) { row in
            tally.note(entry: row.integer(0), device: row.value(1).text ?? "", gaps: row.integer(2))
        }
    }

    func hasChanged() throws -> Bool {
        let version = try database.statement("PRAGMA data_version").firstRow()?.first?.integer ?? 0
        defer { knownDataVersion = version }
        return version != knownDataVersion
    }

    func forEachRow(
        _ sql: String, _ parameters: [WarehouseValue], _ body: (any WarehouseRow) throws -> Void
    ) throws {
        let statement = try database.statement(sql)
        let row = SQLiteRow(statement)
        try statement.forEachRow(parameters.map { SQLiteValue($0) }) { _ in try body(row) }
    }

    func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try database.execute("BEGIN")
        do {
            let result = try body()
            try database.execute("COMMIT")
            return result
        } catch {
            try database.execute("ROLLBACK")
            throw error
        }
    }

    func change(
        _ body: (_ run: (_ sql: String, _ parameters: [WarehouseValue]) throws -> Int64) throws -> Void
    ) throws {
        try database.execute("PRAGMA foreign_keys = ON")
        try database.transaction {
            try body { sql, parameters in
                try database.statement(sql).run(parameters.map { SQLiteValue($0) })
                return Int64(database.changes)
            }
        }
    }
}
