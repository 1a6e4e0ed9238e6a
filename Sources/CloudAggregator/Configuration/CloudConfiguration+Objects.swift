import ObjectStore

extension CloudConfiguration {
    /// What keeps raw batches, records and backups.
    func objects() throws -> any ObjectStore {
        try raw.open { try StateFolder(state).files }
    }
}
