import Glibc
import PostgreSQL
import Testing

/// The server that `provisioning/test` starts and names in `WAYSTATION_POSTGRESQL`.
enum TestServer {
    static let address = getenv("WAYSTATION_POSTGRESQL").map { String(cString: $0) }
    static let isThere = address != nil

    static func connect(_ more: String = "") throws -> PostgreSQLConnection {
        try PostgreSQLConnection(PostgreSQLAddress("\(#require(address)) \(more)"))
    }
}
