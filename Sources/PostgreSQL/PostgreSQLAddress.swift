import CPostgreSQL

/// Where a server and a database are: a connection string of libpq, `key=value` pairs or a `postgresql://` address
/// (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING).
public struct PostgreSQLAddress: Hashable, Sendable, CustomStringConvertible {
    /// The connection string, password included.
    public let text: String
    /// Database, host and port, never a password.
    public let description: String

    /// Reads a connection string.
    public init(_ text: String) throws(PostgreSQLError) {
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &reason) else {
            let words = reason.map { String(cString: $0) } ?? "no memory"
            PQfreemem(reason)
            throw .address(words.trimmed)
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        let database = values["dbname"].map { "database '\($0)'" } ?? "the default database"
        let place = [values["host"] ?? values["hostaddr"], values["port"]].compactMap(\.self).joined(separator: ":")
        self.text = text
        description = "PostgreSQL \(database)" + (place.isEmpty ? "" : " at \(place)")
    }
}

extension String {
    /// Without the line feed that libpq ends its sentences with.
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
