import PostgreSQL

extension PostgreSQLWarehouse {
    /// The rows that are in memory at once.
    private static let fetchedRows = 512
    /// The bytes of the rows of a statement that is run while another one hands over its rows.
    private static let innerBytes = 64 << 20

    var watermark: Int64 {
        get throws { try first { try PostgreSQLLedger(connection: $0.connection).watermark() } }
    }

    func ledgerEntry(device: String, epoch: Int64, sequence: Int64) throws -> LedgerEntry? {
        try first { session in
            try PostgreSQLLedger(connection: session.connection).entry(
                device: device, epoch: epoch, sequence: sequence)
        }
    }

    func latestEntries() throws -> [LedgerEntry] {
        try first { try PostgreSQLLedger(connection: $0.connection).latest() }
    }

    func forEachLedgerEntry(_ body: (LedgerEntry) throws -> Void) throws {
        try eachRow(PostgreSQLLedger.allSQL, []) { try body(PostgreSQLLedger.entry($0)) }
    }

    func addGaps(to tally: inout GapTally) throws {
        let sql = """
            SELECT id, device, coalesce(json_array_length(manifest::json -> 'gaps'), 0) FROM ledger WHERE id > $1 \
            ORDER BY id
            """
        var read = tally
        try eachRow(sql, [.integer(tally.lastEntry)]) { row in
            read.note(entry: row.integer(0), device: row.value(1).text ?? "", gaps: row.integer(2))
        }
        tally = read
    }

    func hasChanged() throws -> Bool {
        // Changes with every transaction that has written anything, those of other databases of the server included.
        let commits = try first { session in
            try session.connection.run("SELECT pg_current_snapshot()::text").withBytes(0, 0) {
                String(decoding: $0, as: UTF8.self)
            }
        }
        defer { knownCommits = commits }
        return commits != knownCommits
    }

    func forEachRow(
        _ sql: String, _ parameters: [WarehouseValue], _ body: (any WarehouseRow) throws -> Void
    ) throws {
        try eachRow(sql, parameters.map { PostgreSQLValue($0) }, body)
    }

    func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") { _ in try body() }
    }

    /// Hands over rows through a cursor, so that few are in memory and others can be read meanwhile; those of a statement
    /// that is run meanwhile are fetched at once.
    private func eachRow(
        _ sql: String, _ parameters: [PostgreSQLValue], _ body: (PostgreSQLRow) throws -> Void
    ) throws {
        let session = try first { session in
            if session.depth == 0, !isInTransaction { try session.connection.execute("BEGIN READ ONLY") }
            return session
        }
        session.depth += 1
        defer { session.depth -= 1 }
        if session.depth > 1 {
            let limits = PostgreSQLLimits(bytes: Self.innerBytes)
            return try Self.hand(over: session.connection.run(sql, parameters, limits), to: body)
        }
        do {
            _ = try session.connection.runOnce("DECLARE rows NO SCROLL CURSOR FOR \(sql)", parameters)
            while true {
                let result = try session.connection.run("FETCH \(Self.fetchedRows) FROM rows")
                try Self.hand(over: result, to: body)
                if result.rowCount < Self.fetchedRows { break }
            }
            try session.connection.execute(isInTransaction ? "CLOSE rows" : "COMMIT")
        } catch {
            if !isInTransaction {
                session.connection.rollBack()
            } else if session.connection.isAlive, !session.connection.hasTransactionFailed {
                try session.connection.execute("CLOSE ALL")
            }
            throw error
        }
    }

    private static func hand(over result: PostgreSQLResult, to body: (PostgreSQLRow) throws -> Void) throws {
        let row = PostgreSQLRow(result)
        for position in 0..<result.rowCount {
            row.position = position
            try body(row)
        }
    }
}
