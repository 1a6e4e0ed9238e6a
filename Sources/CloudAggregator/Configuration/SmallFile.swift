import Glibc

/// Files small enough to be held in memory: keys, certificates, the dashboard's assets.
enum SmallFile {
    /// The largest file that is read.
    static let maximumByteCount = 16 << 20

    /// The bytes of the file at `path`.
    static func read(_ path: String) throws(CloudError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumByteCount else {
                throw .system(operation: "read", path: path, reason: "it is larger than \(maximumByteCount) bytes")
            }
        }
    }

    private static func failure(_ path: String) -> CloudError {
        .system(operation: "read", path: path, reason: String(cString: strerror(errno)))
    }
}
