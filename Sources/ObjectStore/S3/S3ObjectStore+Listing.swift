import Transfer

extension S3ObjectStore {
    /// The longest answer that lists a page.
    private static let pageBytes = 8 << 20

    /// Tells of each object whose key begins with `prefix` and comes after the key `after`, until `body` returns false.
    public func list(prefix: String, after: String?, _ body: (ObjectInfo) throws -> Bool) throws {
        let own = client.location.prefix
        var position = after.map { own + $0 }
        while true {
            let page = try page(prefix: own + prefix, after: position)
            for object in page.objects {
                guard object.key.utf8.starts(with: own.utf8) else { continue }
                let key = String(decoding: object.key.utf8.dropFirst(own.utf8.count), as: UTF8.self)
                guard ObjectKey.isKey(key) else { continue }
                let info = ObjectInfo(
                    key: key, byteCount: object.byteCount, modifiedMilliseconds: object.modifiedMilliseconds)
                guard try body(info) else { return }
            }
            // Each page is asked for by where the last one ended, which every service understands.
            guard page.isTruncated, let last = page.objects.last else { return }
            position = last.key
        }
    }

    /// The next objects, under their whole keys.
    func page(
        prefix: String, after: String?
    ) throws(ObjectStoreError) -> (objects: [ObjectInfo], isTruncated: Bool) {
        var query = [("list-type", "2"), ("max-keys", String(pageSize)), ("prefix", prefix)]
        if let after, !after.isEmpty { query.append(("start-after", after)) }
        let document = try client.perform(
            S3Request(method: "GET", query: query, maximumResponseBytes: Self.pageBytes)
        ).document(from: place)
        var objects: [ObjectInfo] = []
        for entry in document.children where entry.name == "Contents" {
            guard let key = entry.value("Key"), let byteCount = entry.value("Size").flatMap({ Int64($0) }),
                let modified = entry.value("LastModified").flatMap(InternetTime.milliseconds)
            else { throw client.refusal("a listing without key, size or time") }
            objects.append(ObjectInfo(key: key, byteCount: byteCount, modifiedMilliseconds: modified))
        }
        return (objects, document.value("IsTruncated") == "true")
    }
}
