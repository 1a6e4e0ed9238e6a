import CPostgreSQL
import Glibc

/// Running statements. A statement's parameters are `$1`, `$2` and so on, of the types that the server infers.
extension PostgreSQLConnection {
    /// Runs one or more statements without parameters, and drops their rows.
    public func execute(_ script: String) throws(PostgreSQLError) {
        try send(PQsendQuery(handle, script), script)
        try finish(script, PostgreSQLLimits())
    }

    /// Runs a statement that is prepared once and kept; all its rows at once.
    public func run(
        _ sql: String, _ parameters: [PostgreSQLValue] = [], _ limits: PostgreSQLLimits = PostgreSQLLimits()
    ) throws(PostgreSQLError) -> PostgreSQLResult {
        let name = try name(of: sql, limits)
        try sendPrepared(name, sql, parameters)
        return try rows(sql, limits)
    }

    /// Runs a statement that is planned anew, for the tables as they are now; all its rows at once.
    public func runOnce(
        _ sql: String, _ parameters: [PostgreSQLValue] = [], _ limits: PostgreSQLLimits = PostgreSQLLimits(),
        format: PostgreSQLResult.Format = .binary
    ) throws(PostgreSQLError) -> PostgreSQLResult {
        try sendOnce(sql, parameters, format)
        return try rows(sql, limits)
    }

    /// Runs a statement and hands over its rows one after the other, each the only one of its result; `body` says whether
    /// it wants more. It must run nothing on this connection.
    public func stream(
        _ sql: String, _ parameters: [PostgreSQLValue] = [], _ limits: PostgreSQLLimits = PostgreSQLLimits(),
        isKept: Bool = false, format: PostgreSQLResult.Format = .binary,
        _ body: (PostgreSQLResult) throws -> Bool
    ) throws {
        if isKept {
            let name = try name(of: sql, limits)
            try sendPrepared(name, sql, parameters)
        } else {
            try sendOnce(sql, parameters, format)
        }
        _ = PQsetSingleRowMode(handle)
        do {
            var meter = ByteMeter(limits)
            while let result = try next(&meter) {
                try result.check(sql)
                if result.rowCount > 0, try !body(result) {
                    cancel()
                    drain()
                    return
                }
            }
        } catch {
            cancel()
            drain()
            throw error
        }
    }

    /// What a statement would give: the number of its columns, 0 for one that gives no rows. Nothing is run.
    public func columnCount(of sql: String, _ limits: PostgreSQLLimits) throws(PostgreSQLError) -> Int {
        try send(PQsendPrepare(handle, "", sql, 0, nil), sql)
        try finish(sql, limits)
        try send(PQsendDescribePrepared(handle, ""), sql)
        return try rows(sql, limits).columnNames.count
    }

    private func sendPrepared(
        _ name: String, _ sql: String, _ parameters: [PostgreSQLValue]
    ) throws(PostgreSQLError) {
        let code = PostgreSQLValue.withParameters(parameters) { values in
            PQsendQueryPrepared(handle, name, Int32(parameters.count), values, nil, nil, 1)
        }
        try send(code, sql)
    }

    private func sendOnce(
        _ sql: String, _ parameters: [PostgreSQLValue], _ format: PostgreSQLResult.Format
    ) throws(PostgreSQLError) {
        let code = PostgreSQLValue.withParameters(parameters) { values in
            PQsendQueryParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, format.rawValue)
        }
        try send(code, sql)
    }

    /// The one result of a statement.
    private func rows(_ sql: String, _ limits: PostgreSQLLimits) throws(PostgreSQLError) -> PostgreSQLResult {
        guard let result = try finish(sql, limits) else { throw .unreachable("the server did not answer") }
        return result
    }
}

/// Sending and waiting.
extension PostgreSQLConnection {
    /// Notes whether something could be sent.
    func send(_ code: Int32, _ sql: String) throws(PostgreSQLError) {
        guard code == 1 else { throw failure(sql) }
    }

    /// Waits for all results; throws the first failure, else gives the last result.
    @discardableResult
    func finish(_ sql: String, _ limits: PostgreSQLLimits) throws(PostgreSQLError) -> PostgreSQLResult? {
        var last: PostgreSQLResult?
        var meter = ByteMeter(limits)
        do throws(PostgreSQLError) {
            while let result = try next(&meter) {
                last = result
                try result.check(sql)
            }
        } catch {
            drain()
            throw error
        }
        return last
    }

    /// Waits for the next result; nil behind the last one.
    func next(_ meter: inout ByteMeter) throws(PostgreSQLError) -> PostgreSQLResult? {
        while PQisBusy(handle) != 0 {
            do throws(PostgreSQLError) {
                try meter.wait(PQsocket(handle))
            } catch {
                cancel()
                throw error
            }
            guard PQconsumeInput(handle) == 1 else { throw failure("") }
        }
        meter.startAnew()
        guard let result = PQgetResult(handle).map({ PostgreSQLResult($0) }) else { return nil }
        try meter.check(result)
        return result
    }

    /// Takes the results that nobody wants any more; a statement that runs was cancelled, or is soon over.
    func drain() {
        while isAlive, let result = PQgetResult(handle) {
            let status = PQresultStatus(result)
            PQclear(result)
            if status == PGRES_COPY_IN { PQputCopyEnd(handle, "not wanted any more") }
        }
    }

    /// Why the last call failed.
    func failure(_ sql: String) -> PostgreSQLError {
        let words = String(cString: PQerrorMessage(handle)).trimmed
        return isAlive ? .refused(state: "", message: words, statement: sql) : .unreachable(words)
    }
}
