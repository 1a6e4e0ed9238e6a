import ObjectStore

extension StoreConfiguration {
    /// Puts, reads and removes an object where the store is a bucket; returns where it is, and what it lacks.
    func check(directory: () throws -> any ObjectStore) throws -> String {
        guard bucket != nil else { return try directory().place }
        let store = try open(directory: directory)
        let (key, bytes) = ("check/\(UInt64.random(in: .min ... .max))", Array("waystation".utf8))
        let first = try store.put(bytes, key: key, .ifAbsent)
        guard try first == .stored && store.get(key) == bytes && store.put(bytes, key: key, .ifAbsent) == .exists else {
            throw ObjectStoreError.refused(place: store.place, reason: "an object put there is not what was put")
        }
        try store.delete(key)
        let isConditional = try (store as? S3ObjectStore)?.heedsConditions() ?? true
        return store.place
            + (isConditional ? "" : " (which ignores conditional puts: let no second server use the same prefix)")
    }
}
