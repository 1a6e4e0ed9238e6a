import PostgreSQL
import StreamDefinition

/// The warehouse in a schema of a PostgreSQL database; its layout stands at `WarehouseLayout`, how texts stand in it at
/// `StoredText`.
///
/// A connection that broke costs the call that notices it, unless nothing was asked yet: then a new one is made at once.
/// Several programs may merge into one schema: a lock of the database's puts their transactions one behind the other.
final class PostgreSQLWarehouse: Warehouse {
    let plans: [StreamPlan]
    let location: PostgreSQLLocation
    let folds: [FoldPlan]
    private let access: WarehouseAccess
    private var session: PostgreSQLSession?
    /// What others had committed when that was last asked.
    var knownCommits = ""
    /// Whether a transaction is open that all calls are part of.
    private(set) var isInTransaction = false

    /// Connects; with `readWrite` makes the schema and the tables of new streams.
    init(_ location: PostgreSQLLocation, plans: [StreamPlan], access: WarehouseAccess = .readWrite) throws {
        (self.location, self.plans, self.access) = (location, plans, access)
        folds = plans.map { FoldPlan($0) }
        _ = try connected()
    }

    /// A session on a connection that was good when it was last used.
    private func connected() throws -> PostgreSQLSession {
        if let session, session.connection.isAlive { return session }
        session = nil
        let made = try PostgreSQLSession(location, access: access)
        try PostgreSQLSchema(connection: made.connection, location: location).prepare(folds, access: access)
        session = made
        return made
    }

    /// Runs a first step, which may be done twice; on a new connection where it finds that the one at hand was lost.
    func first<Result>(_ step: (PostgreSQLSession) throws -> Result) throws -> Result {
        // What a lost connection has begun cannot go on with another one.
        if isInTransaction, let session { return try step(session) }
        let known = session
        let session = try connected()
        do {
            return try step(session)
        } catch let error as PostgreSQLError {
            guard session === known, !session.connection.isAlive, session.depth == 0 else { throw error }
            return try step(connected())
        }
    }

    /// Runs `body` in a transaction that all calls meanwhile are part of.
    ///
    /// - Parameters:
    ///   - begin: the statement that begins it.
    ///   - prepare: what must be done before.
    func transaction<Result>(
        _ begin: String, prepare: (PostgreSQLSession) throws -> Void = { _ in },
        _ body: (PostgreSQLSession) throws -> Result
    ) throws -> Result {
        let session = try first { session in
            try prepare(session)
            try session.connection.execute(begin)
            return session
        }
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let result = try body(session)
            try session.connection.execute("COMMIT")
            return result
        } catch {
            session.connection.rollBack()
            throw error
        }
    }

    /// Runs `body` in a transaction that no other writer's transaction runs beside.
    func change(
        _ body: (_ run: (_ sql: String, _ parameters: [WarehouseValue]) throws -> Int64) throws -> Void
    ) throws {
        try transaction("BEGIN") { session in
            try PostgreSQLSchema(connection: session.connection, location: location).lock()
            try body { sql, parameters in
                Int64(try session.connection.run(sql, parameters.map { PostgreSQLValue($0) }).changedRows)
            }
        }
    }

    func merge(_ group: BatchGroup) throws -> MergeReport {
        let streams = Set(group.contributions.map(\.delta.stream.name))
        return try transaction("BEGIN") { session in
            for fold in folds where streams.contains(fold.stream.name) { _ = try session.merge(fold) }
            _ = try session.counterMerge()
        } _: { session in
            try PostgreSQLSchema(connection: session.connection, location: location).lock()
            return try merge(group, session)
        }
    }

    private func merge(_ group: BatchGroup, _ session: PostgreSQLSession) throws -> MergeReport {
        let ledger = PostgreSQLLedger(connection: session.connection)
        let last = try ledger.watermark()
        let group = try MergeGroup(group, of: plans) { try ledger.enter($0, watermark: last + 1) }
        try group.forEachStream(in: self) { ordered, tally in
            let stream = ordered.delta.stream.name
            guard let fold = folds.first(where: { $0.stream.name == stream }) else { return }
            let merge = try session.merge(fold)
            let changes = try merge.write(&ordered, counting: &tally)
            try merge.note(changes, watermark: last + 1)
            try session.counterMerge().write(tally.changes(ordered.delta), stream: stream)
        }
        return MergeReport(outcomes: group.outcomes, watermark: group.isEmpty ? last : last + 1)
    }
}
