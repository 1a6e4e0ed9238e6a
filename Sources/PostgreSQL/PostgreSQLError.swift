/// Why a server did not do what it was asked to.
public enum PostgreSQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text that says where the server is cannot be read: libpq's words.
    case address(String)
    /// There is no connection, or it broke: libpq's words.
    case unreachable(String)
    /// The server refused: its SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html), its words, and the
    /// statement.
    case refused(state: String, message: String, statement: String)
    /// The statement still ran at its deadline, and was cancelled.
    case deadline
    /// More bytes came than were wanted.
    case tooLarge(limit: Int)

    /// The server's code, where it gave one.
    public var state: String? {
        if case .refused(let state, _, _) = self { state } else { nil }
    }

    /// The server cannot be reached, or takes no work now; later it may.
    public var isUnavailable: Bool {
        switch self {
        case .unreachable, .deadline: true
        case .address, .tooLarge: false
        case .refused(let state, _, _):
            // Connection, too many of them, operator's intervention, deadlock, lock not to be had.
            ["08", "57", "40"].contains(String(state.prefix(2)))
                || ["53300", "53400", "55P03", "25P03"].contains(state)
        }
    }

    /// The server's disk is full.
    public var isFull: Bool { state == "53100" }

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .address(let reason): "the connection string cannot be read: \(reason)"
        case .unreachable(let reason): "PostgreSQL cannot be reached: \(reason)"
        case .refused(let state, let message, let statement):
            "PostgreSQL: \(message) (\(state))" + (statement.isEmpty ? "" : " in: \(statement)")
        case .deadline: "PostgreSQL took longer than it may, and the statement was cancelled"
        case .tooLarge(let limit): "PostgreSQL sent more than \(limit) bytes"
        }
    }
}
