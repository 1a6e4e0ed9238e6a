import SQLite

extension SQLiteWarehouse {
    /// Runs `body`, all of whose reading sees one state of the file, whatever others commit meanwhile.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try database.execute("BEGIN")
        do {
            let result = try body()
            try database.execute("COMMIT")
            return result
        } catch {
            try database.execute("ROLLBACK")
            throw error
        }
    }
}
