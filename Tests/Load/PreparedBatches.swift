import Glibc

/// Batches that are sealed and only wait to be sent: their files in one nameless file, so that memory holds few of them.
final class PreparedBatches: Sendable {
    /// What is known of a batch.
    struct Entry: Sendable {
        let path: String
        let manifestSHA256: [UInt8]
        let events: Int
        let offset: Int
        let byteCount: Int
    }

    let entries: [Entry]
    // The file is only read from; closed with the last reference.
    nonisolated(unsafe) private let file: UnsafeMutablePointer<FILE>

    /// Makes all batches: `make` is asked until it gives no more, and says path, manifest's digest, events and file.
    init(_ make: () throws -> (path: String, manifest: [UInt8], events: Int, file: [UInt8])?) throws {
        guard let file = tmpfile() else { throw Self.failure("make their file") }
        self.file = file
        var entries: [Entry] = []
        var offset = 0
        while let batch = try make() {
            let written = batch.file.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
            guard written == batch.file.count else { throw Self.failure("write") }
            entries.append(
                Entry(
                    path: batch.path, manifestSHA256: batch.manifest, events: batch.events, offset: offset,
                    byteCount: batch.file.count))
            offset += batch.file.count
        }
        guard fflush(file) == 0 else { throw Self.failure("write") }
        self.entries = entries
    }

    deinit {
        fclose(file)
    }

    /// The file of a batch.
    func file(of entry: Entry) throws -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: entry.byteCount) { buffer, count in
            count = max(0, pread(fileno(file), buffer.baseAddress, entry.byteCount, entry.offset))
        }
        guard bytes.count == entry.byteCount else { throw Self.failure("read") }
        return bytes
    }

    private static func failure(_ operation: String) -> LoadError {
        .file(operation: operation, reason: String(cString: strerror(errno)))
    }
}
