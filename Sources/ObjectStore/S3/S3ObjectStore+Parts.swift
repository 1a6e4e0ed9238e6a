import Transfer

extension S3ObjectStore {
    /// S3 takes no more parts.
    static let partLimit = 10_000

    /// Keeps what `next` gives, part by part and until it is empty, as one object; where that fails, nothing of it is left.
    func putParts(
        _ whole: String, partBytes: Int, _ next: () throws(ObjectStoreError) -> [UInt8]
    ) throws(ObjectStoreError) {
        let begun = try client.perform(
            S3Request(method: "POST", key: whole, query: [("uploads", "")], body: []))
        guard let upload = try begun.document(from: place).value("UploadId"), !upload.isEmpty else {
            throw client.refusal("an upload in parts has no identifier")
        }
        do throws(ObjectStoreError) {
            var tags: [String] = []
            while case let bytes = try next(), !bytes.isEmpty {
                tags.append(try putPart(bytes, number: tags.count + 1, of: whole, upload))
            }
            try complete(whole, upload, tags)
        } catch {
            abandon(whole, upload)
            throw error
        }
    }

    private func putPart(
        _ bytes: [UInt8], number: Int, of whole: String, _ upload: String
    ) throws(ObjectStoreError) -> String {
        let answer = try client.perform(
            S3Request(
                method: "PUT", key: whole, query: [("partNumber", String(number)), ("uploadId", upload)], body: bytes))
        guard let tag = answer.response.header("ETag") else { throw client.refusal("a part has no ETag") }
        return tag
    }

    private func complete(_ whole: String, _ upload: String, _ tags: [String]) throws(ObjectStoreError) {
        let parts = tags.enumerated().map { index, tag in
            let quoted = tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
            return "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(quoted)</ETag></Part>"
        }
        let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        try client.perform(
            S3Request(method: "POST", key: whole, query: [("uploadId", upload)], body: Array(body.utf8)))
    }

    /// Has the service forget the parts, as well as that goes: `sweep` finds what is left.
    private func abandon(_ whole: String, _ upload: String) {
        do throws(ObjectStoreError) {
            try client.perform(S3Request(method: "DELETE", key: whole, query: [("uploadId", upload)], answers: [404]))
        } catch {
            // What has failed before is the error to tell.
        }
    }

    /// Ends the uploads in parts, and removes the probes, of programs that are gone; returns how many there were.
    @discardableResult
    public func sweep() throws(ObjectStoreError) -> Int {
        let limit = client.surroundings.milliseconds() - Self.leftoverAge.components.seconds * 1000
        return try sweepUploads(before: limit) + sweepProbes(before: limit)
    }

    private func sweepUploads(before limit: Int64) throws(ObjectStoreError) -> Int {
        var count = 0
        var marker: [(name: String, value: String)] = []
        while true {
            let answer = try client.perform(
                S3Request(
                    method: "GET", query: [("uploads", ""), ("prefix", client.location.prefix)] + marker,
                    answers: [404, 501]
                ))
            guard answer.status == 200 else {
                let failure = S3Failure(answer.response)
                if failure.code == "NoSuchBucket" { throw client.refusal(failure.sentence) }
                // A service without such a list has nothing to give back.
                return 0
            }
            let page = try answer.document(from: place)
            for upload in page.children where upload.name == "Upload" {
                guard let key = upload.value("Key"), let identifier = upload.value("UploadId"),
                    let begun = upload.value("Initiated").flatMap(InternetTime.milliseconds), begun < limit
                else { continue }
                abandon(key, identifier)
                count += 1
            }
            guard page.value("IsTruncated") == "true", let key = page.value("NextKeyMarker"), !key.isEmpty else {
                return count
            }
            marker = [("key-marker", key), ("upload-id-marker", page.value("NextUploadIdMarker") ?? "")]
        }
    }

    private func sweepProbes(before limit: Int64) throws(ObjectStoreError) -> Int {
        var old: [String] = []
        let page = try page(prefix: "\(client.location.prefix)\(TemporaryFile.folderName)/", after: nil)
        for info in page.objects where info.modifiedMilliseconds < limit { old.append(info.key) }
        for key in old { try client.perform(S3Request(method: "DELETE", key: key, answers: [404])) }
        return old.count
    }
}
