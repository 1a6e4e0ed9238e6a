import PostgreSQL

/// Where a warehouse in a PostgreSQL server is.
public struct PostgreSQLLocation: Hashable, Sendable, CustomStringConvertible {
    /// The longest name that the server does not cut.
    static let nameBytes = 63

    /// The server and the database.
    public var address: PostgreSQLAddress
    /// The schema that holds the tables, one warehouse's alone.
    public var schema: String
    /// How queries that somebody wrote connect: as a role that can do little.
    public var queryAddress: PostgreSQLAddress

    /// The warehouse in that schema; queries connect as all else does, unless another address is given.
    public init(address: PostgreSQLAddress, schema: String, queryAddress: PostgreSQLAddress? = nil) {
        (self.address, self.schema, self.queryAddress) = (address, schema, queryAddress ?? address)
    }

    /// Database, server and schema.
    public var description: String { "\(address), schema '\(schema)'" }
}
