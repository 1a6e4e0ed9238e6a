import ConfigurationFile
import Glibc
import PostgreSQL
import Warehouse

extension CloudConfiguration {
    /// Section `[warehouse]`, where the engine is PostgreSQL.
    public struct WarehouseServer: Hashable, Sendable {
        /// How the cloud connects: a connection string of libpq.
        public var connection: String
        /// The schema of the tables.
        public var schema: String
        /// How queries that somebody wrote connect; nil for as all else does.
        public var queryConnection: String?

        /// Reads the section; nil where the engine is SQLite.
        init?(_ reader: ConfigurationReader) {
            let engine = reader.enumeration("warehouse", "engine", of: ["sqlite", "postgresql"], default: "sqlite")
            let connection = reader.string("warehouse", "connection")
            queryConnection = reader.string("warehouse", "query-connection")
            let schema = reader.string("warehouse", "schema")
            self.schema = schema ?? "waystation"
            guard engine == "postgresql" else {
                for (key, value) in [
                    ("connection", connection), ("query-connection", queryConnection), ("schema", schema),
                ] where value != nil {
                    reader.reject("warehouse", key, wanted: "used only with 'engine = postgresql'")
                }
                return nil
            }
            self.connection = connection ?? reader.requiredString("warehouse", "connection")
            let limit = PostgreSQLLocation.schemaBytes
            if !(1...limit).contains(self.schema.utf8.count) || self.schema.hasPrefix("pg_") {
                reader.reject(
                    "warehouse", "schema", wanted: "a name of 1 to \(limit) bytes that does not begin with pg_")
            }
        }
    }

    /// Where the warehouse is.
    var warehouse: WarehouseLocation {
        get throws {
            guard let server = warehouseServer else { return .sqlite(path: StateFolder.warehouse(in: state)) }
            let address = try Self.address("connection", server.connection)
            let queries = try server.queryConnection.map { try Self.address("query-connection", $0) }
            return .postgresql(PostgreSQLLocation(address: address, schema: server.schema, queryAddress: queries))
        }
    }

    private static func address(_ key: String, _ text: String) throws -> PostgreSQLAddress {
        do {
            return try PostgreSQLAddress(text)
        } catch {
            // The text itself is not shown: it may hold a password.
            throw CloudError.unusable(key: key, section: "warehouse", path: "...", reason: "\(error)")
        }
    }

    /// The warehouse for reading, whether or not the server runs; throws where no server has made it yet.
    func readWarehouse() throws -> any Warehouse {
        let location = try warehouse
        if case .sqlite(let path) = location {
            guard access(path, R_OK) == 0 else { throw CloudError.noWarehouse(path: path) }
        }
        do {
            return try location.open(plans(), access: .readOnly)
        } catch WarehouseError.noTables(let place) {
            throw CloudError.noWarehouse(path: place)
        }
    }
}
