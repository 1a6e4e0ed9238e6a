import CPostgreSQL

/// One connection to a server. Not for use from two threads at a time; its owner sees to that. All calls block.
///
/// A connection that broke stays broken, and every call on it throws `unreachable`: its owner makes a new one.
public final class PostgreSQLConnection {
    /// The statements that are kept prepared; past it all are forgotten.
    private static let statementLimit = 128
    /// What is asked for unless the address says otherwise: a peer that is gone is noticed within seconds.
    private static let defaults = [
        ("application_name", "waystation-cloud"), ("connect_timeout", "5"), ("keepalives_idle", "10"),
        ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
    ]

    let handle: OpaquePointer
    private let noticeBoard = NoticeBoard()
    private var names: [String: String] = [:]

    /// Connects, waiting for at most five seconds unless the address says otherwise.
    public init(_ address: PostgreSQLAddress) throws(PostgreSQLError) {
        // What stands before `dbname` gives way to what the connection string says; what stands behind does not.
        let options = Self.defaults + [("dbname", address.text), ("client_encoding", "UTF8")]
        guard let opened = Self.connect(options) else { throw .unreachable("no memory") }
        guard PQstatus(opened) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(opened)).trimmed
            PQfinish(opened)
            throw .unreachable(reason)
        }
        handle = opened
        noticeBoard.listen(to: opened)
    }

    deinit {
        PQfinish(handle)
    }

    private static func connect(_ options: [(String, String)]) -> OpaquePointer? {
        PostgreSQLValue.withParameters(options.map { .text($0.0) }) { keywords in
            PostgreSQLValue.withParameters(options.map { .text($0.1) }) { values in
                PQconnectdbParams(keywords + [nil], values + [nil], 1)
            }
        }
    }

    /// Whether the connection was good when it was last used.
    public var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Whether a transaction is open, failed ones included.
    public var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Whether the open transaction has failed, so that nothing but its end can follow.
    public var hasTransactionFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// The server's version: 150004 is 15.4.
    public var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// The server's warnings that nobody has taken yet; the oldest of more than a few are lost.
    public func takeNotices() -> [String] {
        noticeBoard.take()
    }

    /// What the server reports of a setting, such as `server_encoding`; nil of those that it does not report.
    public func reported(_ setting: String) -> String? {
        PQparameterStatus(handle, setting).map { String(cString: $0) }
    }

    /// Quotes a name for SQL.
    public static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Asks the server to stop the statement that runs; it may have ended by then.
    public func cancel() {
        guard let cancel = PQgetCancel(handle) else { return }
        defer { PQfreeCancel(cancel) }
        var reason = [CChar](repeating: 0, count: 256)
        // One that does not arrive changes nothing: the statement runs on to its end, or to the server's time limit.
        _ = PQcancel(cancel, &reason, Int32(reason.count))
    }

    /// The name under which a statement is prepared.
    func name(of sql: String, _ limits: PostgreSQLLimits) throws(PostgreSQLError) -> String {
        if let known = names[sql] { return known }
        if names.count >= Self.statementLimit {
            names.removeAll()
            try execute("DEALLOCATE ALL")
        }
        let name = "s\(names.count)"
        try send(PQsendPrepare(handle, name, sql, 0, nil), sql)
        try finish(sql, limits)
        names[sql] = name
        return name
    }
}
