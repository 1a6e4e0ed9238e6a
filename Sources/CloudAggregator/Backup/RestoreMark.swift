import Glibc

/// A file `restore.unfinished` in the state folder: what is there may lack batches that devices have receipts for, so that
/// no server may start on it.
struct RestoreMark {
    private let folder: String
    private var path: String { folder + "/restore.unfinished" }

    /// The mark of the state folder at that path.
    init(_ folder: String) {
        self.folder = folder
    }

    /// Whether a restore was begun and not ended.
    var isSet: Bool { access(path, F_OK) == 0 }

    /// Sets it, durably.
    func set() throws(CloudError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        close(descriptor)
        try Self.synchronize(folder)
    }

    /// Takes it away, durably.
    func remove() throws(CloudError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure("remove", path) }
        try Self.synchronize(folder)
    }

    /// Makes what has changed in a folder, or in a file, durable.
    static func synchronize(_ path: String) throws(CloudError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    private static func failure(_ operation: String, _ path: String) -> CloudError {
        .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
