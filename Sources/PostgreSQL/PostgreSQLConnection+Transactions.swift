extension PostgreSQLConnection {
    /// Runs `body` in a transaction; rolls back when it throws.
    @discardableResult
    public func transaction<Result>(_ begin: String = "BEGIN", _ body: () throws -> Result) throws -> Result {
        try execute(begin)
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Gives up the transaction, where one is open and the connection is good; the server gives up that of a lost one itself.
    public func rollBack() {
        guard isAlive, isInTransaction else { return }
        do throws(PostgreSQLError) {
            try execute("ROLLBACK")
        } catch {
            // Only a connection that is lost cannot roll back; `isAlive` says so from now on.
            assert(!isAlive, "\(error)")
        }
    }
}
