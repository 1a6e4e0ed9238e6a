import PostgreSQL

extension PostgreSQLLocation {
    /// Connects, and throws what would keep a warehouse from being opened here; nothing is made.
    /// - Returns: what a warehouse can live with and an operator should know.
    public func check() throws -> [String] {
        let session = try PostgreSQLSession(self, access: .readOnly)
        let connection = session.connection
        try PostgreSQLSchema(connection: connection, location: self).checkServer()
        let found = try connection.run(
            """
            SELECT count(*), coalesce(bool_and(has_schema_privilege(oid, 'USAGE, CREATE')), false), \
            has_database_privilege(current_database(), 'CREATE'), current_setting('fsync') = 'on', current_user::text \
            FROM pg_namespace WHERE nspname = $1
            """, [.text(schema)])
        let role = found.withBytes(0, 4) { String(decoding: $0, as: UTF8.self) }
        let isThere = found.integer(0, 0) == 1
        guard found.integer(0, isThere ? 1 : 2) == 1 else {
            throw WarehouseError.noPrivilege(place: description, role: role, isThere: isThere)
        }
        var words = connection.takeNotices()
        if found.integer(0, 3) == 0 {
            words.append(
                "the server runs with fsync = off: what devices have receipts for would not survive a power cut")
        }
        let asker = try PostgreSQLConnection(queryAddress)
        if try PostgreSQLWarehouse.isPowerful(asker) {
            words.append(
                "queries will be refused, since their role may do more than read tables; name another one as "
                    + "'query-connection' in [warehouse]")
        }
        return words
    }
}
