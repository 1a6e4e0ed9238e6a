import Transfer

extension S3ObjectStore {
    private static let onlyIfAbsent = [HTTPHeader("If-None-Match", "*")]

    /// Keeps `bytes` under that whole key unless something is there.
    func putIfAbsent(_ bytes: [UInt8], _ whole: String) throws(ObjectStoreError) -> PutOutcome {
        if try heedsConditions() { return try putConditionally(bytes, whole) }
        // One after the other; each is two round trips.
        let result: Result<PutOutcome, ObjectStoreError> = looking.withLock { _ in
            do throws(ObjectStoreError) {
                if try isThere(whole) { return .success(.exists) }
                try client.perform(S3Request(method: "PUT", key: whole, headers: Self.onlyIfAbsent, body: bytes))
                return .success(.stored)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func putConditionally(_ bytes: [UInt8], _ whole: String) throws(ObjectStoreError) -> PutOutcome {
        let answer = try client.perform(
            S3Request(method: "PUT", key: whole, headers: Self.onlyIfAbsent, body: bytes, answers: [412]))
        guard answer.status == 412 else { return .stored }
        // An attempt that was not answered may be the one that is there.
        guard answer.isRepeated else { return .exists }
        let there = try client.perform(
            S3Request(method: "GET", key: whole, maximumResponseBytes: Self.objectBytes, answers: [404]))
        return there.status != 404 && there.response.body == bytes ? .stored : .exists
    }

    private func isThere(_ whole: String) throws(ObjectStoreError) -> Bool {
        try client.perform(S3Request(method: "HEAD", key: whole, answers: [404])).status != 404
    }

    /// Whether the service heeds `If-None-Match`: found out once, by putting an object twice.
    public func heedsConditions() throws(ObjectStoreError) -> Bool {
        if let known = conditions.withLock({ $0 }) { return known }
        let probe = "\(client.location.prefix)\(TemporaryFile.folderName)/\(UInt64.random(in: .min ... .max))"
        try client.perform(S3Request(method: "PUT", key: probe, body: []))
        let answer = try client.perform(
            S3Request(method: "PUT", key: probe, headers: Self.onlyIfAbsent, body: [], answers: [412, 501]))
        try client.perform(S3Request(method: "DELETE", key: probe, answers: [404]))
        let isHeeded = answer.status == 412
        conditions.withLock { $0 = isHeeded }
        return isHeeded
    }
}
