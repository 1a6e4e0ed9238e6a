import Transfer

/// An object on its way into a file, of any length. Where the connection breaks, the rest of the same object is asked for;
/// a service that does not know ranges sends all again, of which the known part is passed over.
struct S3Download {
    let client: S3Client
    /// The whole key.
    let key: String

    /// Writes the object; throws what `missing` makes of the answer where there is none.
    func run(
        into file: borrowing OpenFile, missing: (S3Answer) throws(ObjectStoreError) -> ObjectStoreError
    ) throws(ObjectStoreError) {
        var schedule = RetrySchedule()
        var progress = Progress()
        while true {
            let before = progress.written
            do throws(ObjectStoreError) {
                if let answer = try attempt(into: file, &progress) { throw try missing(answer) }
                return
            } catch {
                guard case .unreachable = error else { throw error }
                if progress.written > before { schedule = RetrySchedule() }
                guard let pause = schedule.pause(chance: client.surroundings.chance()) else { throw error }
                client.surroundings.sleep(pause)
            }
        }
    }

    /// How far it has come.
    private struct Progress {
        /// What stands in the file.
        var written = 0
        /// The object that it is of.
        var tag: String?
    }

    /// Returns the answer where there is no object.
    private func attempt(
        into file: borrowing OpenFile, _ progress: inout Progress
    ) throws(ObjectStoreError) -> S3Answer? {
        var request = S3Request(method: "GET", key: key, timeout: nil, answers: [404])
        if progress.written > 0, let tag = progress.tag {
            request.headers = [HTTPHeader("Range", "bytes=\(progress.written)-"), HTTPHeader("If-Match", tag)]
        }
        let start = progress.written
        var (written, tag) = (start, progress.tag)
        var skipped: Int?
        var failure: ObjectStoreError?
        defer { (progress.written, progress.tag) = (written, tag) }
        let answer = try client.perform(request) { head, bytes in
            if tag == nil { tag = head.header("ETag") }
            // All again, from the beginning: the part that is known is passed over.
            var rest = bytes[...]
            if head.status != 206 {
                let done = skipped ?? 0
                let known = min(rest.count, max(0, start - done))
                rest = rest.dropFirst(known)
                skipped = done + known
            }
            do throws(ObjectStoreError) {
                try file.write(rest)
                written += rest.count
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return answer.status == 404 ? answer : nil
    }
}
