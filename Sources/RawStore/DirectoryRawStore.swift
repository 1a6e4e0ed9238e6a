import Glibc

/// The raw store in a local directory: every file appears whole and durable, or not at all.
///
/// A file is written under a name of its own, synced, renamed, and its directory synced. Calls block; they may come
/// from several threads.
public struct DirectoryRawStore: Sendable {
    /// The directory below which the keys lie.
    public let root: String

    /// A store below `root`, which is created where it is missing.
    public init(root: String) throws(RawStoreError) {
        self.root = root
        try Self.createDirectory(root)
    }

    /// Keeps `bytes` under `key`, a relative path; what was there under that key before is replaced.
    ///
    /// Replacing is right: a key names a batch, and the batch that is merged is the one written last before the merge.
    public func store(_ bytes: [UInt8], key: String) throws(RawStoreError) {
        let path = "\(root)/\(key)"
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try Self.createDirectory(directory)
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
        do throws(RawStoreError) {
            try Self.write(bytes, to: temporary)
            guard rename(temporary, path) == 0 else { throw Self.failure("rename", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try Self.synchronize(directory)
    }

    /// The bytes under `key`.
    public func load(key: String) throws(RawStoreError) -> [UInt8] {
        let path = "\(root)/\(key)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("stat", path) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            guard count > 0 else { throw Self.failure("read", path) }
            offset += count
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(RawStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            guard count > 0 else { throw failure("write", path) }
            offset += count
        }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    /// Creates `path` and what is missing above it, each entry durable in its parent.
    private static func createDirectory(_ path: String) throws(RawStoreError) {
        if mkdir(path, 0o750) == 0 {
            try synchronize(parent(of: path))
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try createDirectory(parent(of: path))
            guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw failure("create", path) }
            try synchronize(parent(of: path))
        default: throw failure("create", path)
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func synchronize(_ directory: String) throws(RawStoreError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", directory) }
    }

    private static func failure(_ call: String, _ path: String) -> RawStoreError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .full(path: path) }
        return .system(call: call, path: path, reason: String(cString: strerror(code)))
    }
}
