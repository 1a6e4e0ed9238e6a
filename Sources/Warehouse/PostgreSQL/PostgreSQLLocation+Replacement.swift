import PostgreSQL

/// New tables are made in a schema of their own, which then gets the name of the old one.
extension PostgreSQLLocation {
    private static let ending = "_rebuild"
    /// The longest name of a schema that can be made anew.
    public static let schemaBytes = nameBytes - ending.utf8.count

    /// The schema where the new tables are made.
    var replacement: PostgreSQLLocation {
        var new = self
        new.schema += Self.ending
        return new
    }

    /// Removes the schema and all in it, where it is a warehouse's; nothing happens where there is none.
    func remove() throws {
        let session = try PostgreSQLSession(self, access: .readWrite)
        try session.connection.transaction { try remove(session.connection) }
    }

    /// Gives the replacement this schema's name, in one transaction.
    func acceptReplacement() throws {
        let session = try PostgreSQLSession(self, access: .readWrite)
        try session.connection.transaction {
            try PostgreSQLSchema(connection: session.connection, location: self).lock()
            try remove(session.connection)
            let (old, new) = (
                PostgreSQLConnection.quoted(schema), PostgreSQLConnection.quoted(replacement.schema)
            )
            try session.connection.execute("ALTER SCHEMA \(new) RENAME TO \(old)")
        }
    }

    private func remove(_ connection: PostgreSQLConnection) throws {
        let found = try connection.run(
            """
            SELECT count(DISTINCT n.oid), count(c.oid), count(c.oid) FILTER (WHERE c.relname = 'layout') \
            FROM pg_namespace AS n LEFT JOIN pg_class AS c ON c.relnamespace = n.oid WHERE n.nspname = $1
            """, [.text(schema)])
        if found.integer(0, 0) == 0 { return }
        let isWarehouse = found.integer(0, 1) == 0 || found.integer(0, 2) == 1
        guard isWarehouse else { throw WarehouseError.noWarehouse(place: description) }
        try connection.execute("DROP SCHEMA \(PostgreSQLConnection.quoted(schema)) CASCADE")
    }
}
