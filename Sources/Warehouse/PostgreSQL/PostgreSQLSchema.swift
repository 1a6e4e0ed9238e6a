import JSON
import PostgreSQL
import StreamDefinition

/// Brings a schema of a PostgreSQL database to the layout of this program, and makes the tables of its streams.
///
/// A schema made with another mapping of a stream is refused: its rows could not be merged with as a function of the set of
/// messages. Whoever changes something holds the warehouse's lock; another process may do the same at the same time.
struct PostgreSQLSchema {
    /// The oldest server whose SQL is that of this program: 13.
    private static let oldestServer = 130_000

    let connection: PostgreSQLConnection
    let location: PostgreSQLLocation
    var layout = WarehouseLayout.current

    private var place: String { location.description }

    /// Makes what is missing, and throws where what is there differs.
    func prepare(_ folds: [FoldPlan], access: WarehouseAccess) throws {
        try FoldPlan.checkNames(folds)
        try checkServer()
        switch access {
        case .readOnly: try checkLayout()
        case .readWrite, .loading: try bringUpToDate()
        }
        for fold in folds { try prepare(fold, access: access) }
    }

    /// Waits until no other writer of this warehouse has a transaction open; good until the end of the transaction.
    func lock() throws(PostgreSQLError) {
        // The first number says which program's lock it is: "WAYS".
        _ = try connection.run(
            "SELECT pg_advisory_xact_lock(1463900499, hashtext($1))", [.text(location.schema)])
    }

    /// Throws unless the server is one that a warehouse can be in.
    func checkServer() throws(WarehouseError) {
        let encoding = connection.reported("server_encoding") ?? ""
        guard connection.serverVersion >= Self.oldestServer, encoding == "UTF8" else {
            throw .unfitServer(place: place, version: connection.serverVersion / 10_000, encoding: encoding)
        }
    }

    private func storedLayout() throws -> Int64 {
        let relations = try connection.run(
            """
            SELECT count(*), coalesce(bool_or(relname = 'layout'), false) FROM pg_class \
            WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            """, [.text(location.schema)])
        if relations.integer(0, 0) == 0 { return 0 }
        guard relations.integer(0, 1) == 1 else { throw WarehouseError.noWarehouse(place: place) }
        let stored = try connection.runOnce("SELECT number FROM layout")
        let found = stored.rowCount == 1 ? stored.integer(0, 0) : 0
        guard found > 0 else { throw WarehouseError.noWarehouse(place: place) }
        guard found <= layout.number else {
            throw WarehouseError.newerLayout(place: place, found: found, known: layout.number)
        }
        return found
    }

    private func checkLayout() throws {
        let found = try storedLayout()
        guard found > 0 else { throw WarehouseError.noTables(place: place) }
        guard found == layout.number else {
            throw WarehouseError.olderLayout(place: place, found: found, wanted: layout.number)
        }
    }

    /// Takes the steps that the schema lacks, each with its number in one transaction.
    private func bringUpToDate() throws {
        for (number, step) in layout.steps(after: try storedLayout()) {
            try connection.transaction {
                try lock()
                guard try storedLayout() < number else { return }
                if number == 1 {
                    let schemas = try connection.run(
                        "SELECT 1 FROM pg_namespace WHERE nspname = $1", [.text(location.schema)])
                    if schemas.rowCount == 0 {
                        try connection.execute("CREATE SCHEMA \(PostgreSQLConnection.quoted(location.schema))")
                    }
                    try connection.execute(
                        "CREATE TABLE layout (number bigint NOT NULL); INSERT INTO layout VALUES (0)")
                }
                for sql in step.statements(.postgresql) { try connection.execute(sql) }
                try connection.execute("UPDATE layout SET number = \(number)")
            }
        }
    }

    private func prepare(_ fold: FoldPlan, access: WarehouseAccess) throws {
        let name = fold.stream.name
        let mapping = fold.stream.mapping.text
        let known = try connection.run(
            "SELECT mapping = $2 FROM streams WHERE name = $1", [.text(name), .text(mapping)])
        guard known.rowCount == 1 else {
            if access == .readOnly { throw WarehouseError.unknownStream(name) }
            try make(fold, mapping)
            return try prepare(fold, access: .readOnly)
        }
        if known.integer(0, 0) != 1 {
            throw WarehouseError.otherDefinition(place: place, stream: name, what: "its mapping differs")
        }
        for table in fold.tables.map({ TableSchema($0, in: fold, .postgresql) }) where try !isAsMade(table) {
            throw WarehouseError.otherDefinition(place: place, stream: name, what: "'\(table.plan.name)' differs")
        }
    }

    /// Whether a table has its columns still, each of its type.
    private func isAsMade(_ table: TableSchema) throws -> Bool {
        let rows = try connection.run(
            """
            SELECT attname::text, format_type(atttypid, atttypmod)::text, attnotnull FROM pg_attribute \
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """, [.text(table.name)])
        let found = (0..<rows.rowCount).map { row in
            TableSchema.StoredColumn(
                name: rows.withBytes(row, 0) { String(decoding: $0, as: UTF8.self) },
                type: rows.withBytes(row, 1) { String(decoding: $0, as: UTF8.self) },
                isRequired: rows.integer(row, 2) == 1)
        }
        return found == table.storedColumns
    }

    private func make(_ fold: FoldPlan, _ mapping: String) throws {
        try connection.transaction {
            try lock()
            let name = PostgreSQLValue.text(fold.stream.name)
            // Another process may have been quicker.
            if try connection.run("SELECT 1 FROM streams WHERE name = $1", [name]).rowCount > 0 { return }
            let tables = fold.tables.map { TableSchema($0, in: fold, .postgresql) }
            for sql in tables.flatMap(\.statements).map(\.sql) + tables.flatMap(\.references) {
                try connection.execute(sql)
            }
            _ = try connection.run("INSERT INTO streams (name, mapping) VALUES ($1, $2)", [name, .text(mapping)])
        }
    }
}
