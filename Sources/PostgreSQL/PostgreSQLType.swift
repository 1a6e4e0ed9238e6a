import CPostgreSQL

/// The types whose values can be read as they come; the numbers are those of the server's catalogue `pg_type`.
public enum PostgreSQLType: Hashable, Sendable {
    case boolean
    /// Of 2, 4 or 8 bytes.
    case integer(bytes: Int)
    /// Of 4 or 8 bytes.
    case real(bytes: Int)
    case numeric
    case text
    case bytes
    /// Another one.
    case other(UInt32)

    init(_ number: Oid) {
        self =
            switch number {
            case 16: .boolean
            case 17: .bytes
            case 20: .integer(bytes: 8)
            case 21: .integer(bytes: 2)
            case 23: .integer(bytes: 4)
            case 700: .real(bytes: 4)
            case 701: .real(bytes: 8)
            case 1700: .numeric
            case 19, 25, 705, 1042, 1043: .text
            default: .other(number)
            }
    }
}
