import PostgreSQL

extension PostgreSQLWarehouse {
    /// Roles of the server that reach beyond the tables, by functions that a SELECT can call.
    private static let powerfulRoles = [
        "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_signal_backend",
        "pg_checkpoint", "pg_write_all_data",
    ]

    /// A SELECT is what a cursor can be declared for, in a transaction that only reads, on a connection that is closed
    /// afterwards, whatever was set on it.
    func query(_ sql: String, within limits: QueryLimits) throws -> QueryResult {
        let bounds = PostgreSQLLimits(deadline: .now + limits.time, bytes: QueryLimits.bytes)
        do {
            let reader = try PostgreSQLConnection(location.queryAddress)
            try prepare(reader, limits)
            try Self.check(sql, reader, bounds)
            return try Self.rows(of: reader, limits, bounds)
        } catch let error as PostgreSQLError {
            throw Self.meaning(of: error, limits)
        }
    }

    private func prepare(_ reader: PostgreSQLConnection, _ limits: QueryLimits) throws {
        let milliseconds = max(
            1, limits.time.components.seconds * 1000 + limits.time.components.attoseconds / 1_000_000_000_000_000)
        try reader.execute(
            """
            SET search_path TO \(PostgreSQLConnection.quoted(location.schema)); SET statement_timeout = \(milliseconds); \
            BEGIN READ ONLY
            """)
        guard try !Self.isPowerful(reader) else {
            throw WarehouseError.notReadOnly(
                "the role that asks may do more than that; name one that may not as 'query-connection' in [warehouse]")
        }
    }

    /// Whether the role that is connected can do by a SELECT what is more than reading tables.
    static func isPowerful(_ reader: PostgreSQLConnection) throws(PostgreSQLError) -> Bool {
        let roles = powerfulRoles.map { "'\($0)'" }.joined(separator: ", ")
        let powers = try reader.runOnce(
            "SELECT bool_or(rolsuper OR rolname IN (\(roles))) FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')")
        return powers.integer(0, 0) == 1
    }

    /// Throws unless the text is one SELECT; declares a cursor for it then.
    private static func check(_ sql: String, _ reader: PostgreSQLConnection, _ bounds: PostgreSQLLimits) throws {
        let text = StoredText.stored(sql.utf8)
        guard text.count == sql.utf8.count else { throw WarehouseError.query("it holds control characters") }
        do {
            guard try reader.columnCount(of: sql, bounds) > 0 else { throw WarehouseError.notOneStatement }
        } catch let error as PostgreSQLError {
            // The server takes a text of several statements nowhere where parameters could stand.
            if error.isSeveralStatements { throw WarehouseError.notOneStatement }
            throw error
        }
        do {
            _ = try reader.runOnce("DECLARE answer NO SCROLL CURSOR FOR \(sql)", [], bounds)
        } catch let error as PostgreSQLError {
            // What was good by itself and cannot have a cursor is something else than a SELECT.
            if error.isSyntax { throw WarehouseError.notReadOnly("only a SELECT can be asked") }
            throw error
        }
    }

    private static func rows(
        of reader: PostgreSQLConnection, _ limits: QueryLimits, _ bounds: PostgreSQLLimits
    ) throws -> QueryResult {
        var columns: [String] = []
        var rows: [[WarehouseValue]] = []
        var byteCount = 0
        var isTruncated = false
        let count = Int64(limits.rows) + 1
        try reader.stream("FETCH \(count) FROM answer", [], bounds, format: .text) { result in
            columns = result.columnNames
            isTruncated = rows.count >= limits.rows
            if isTruncated { return false }
            let row = result.types.indices.map { result.printed($0) }
            byteCount += row.reduce(0) { $0 + $1.byteCount }
            if byteCount > QueryLimits.bytes { throw WarehouseError.resultTooLarge(limit: QueryLimits.bytes) }
            rows.append(row)
            return true
        }
        if columns.isEmpty { columns = try reader.runOnce("FETCH 0 FROM answer", [], bounds).columnNames }
        return QueryResult(columns: columns, rows: rows, isTruncated: isTruncated)
    }

    private static func meaning(of error: PostgreSQLError, _ limits: QueryLimits) -> any Error {
        switch error {
        case .deadline: return WarehouseError.timeLimit(limits.time)
        case .tooLarge: return WarehouseError.resultTooLarge(limit: QueryLimits.bytes)
        case .refused("57014", _, _): return WarehouseError.timeLimit(limits.time)
        // A transaction that only reads, privileges, and what no cursor is declared for.
        case .refused(let state, let message, _) where ["25006", "42501", "0A000"].contains(state):
            return WarehouseError.notReadOnly(message)
        case .refused(_, let message, _) where !error.isUnavailable: return WarehouseError.query(message)
        default: return error
        }
    }
}

extension PostgreSQLError {
    fileprivate var isSyntax: Bool { state == "42601" }

    fileprivate var isSeveralStatements: Bool {
        if case .refused("42601", let message, _) = self { message.contains("multiple commands") } else { false }
    }
}

extension PostgreSQLResult {
    /// A value of the only row, which the server has printed.
    fileprivate func printed(_ column: Int) -> WarehouseValue {
        if isNull(0, column) { return .null }
        let text = withBytes(0, column) { StoredText.string($0) }
        switch types[column] {
        case .integer: return Int64(text).map { .integer($0) } ?? .text(text)
        case .real, .numeric:
            return Int64(text).map { types[column] == .numeric ? .integer($0) : .real(Double($0)) }
                ?? Double(text).map { .real($0) } ?? .text(text)
        case .boolean: return .text(text == "t" ? "true" : "false")
        case .bytes: return .blob(Self.bytes(of: text))
        case .text, .other: return .text(text)
        }
    }

    /// The bytes of `\x` and hexadecimal digits.
    private static func bytes(of text: String) -> [UInt8] {
        let digits = text.utf8.dropFirst(2).map { $0 >= UInt8(ascii: "a") ? $0 - 87 : $0 - 48 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
