import Glibc

/// The folder that holds all an edge must not forget: its key, its enrolment, its spool, its models.
///
/// Files are readable by their owner alone. A file is replaced as a whole: written beside, flushed to the disk, renamed
/// over the old one, and the folder flushed, so that after a power cut either the old or the new one is there.
public struct StateDirectory: SpoolFolder, Sendable {
    /// The longest file that is read.
    public static let maximumFileBytes = 4 << 20

    /// The folder's path.
    public let path: String

    /// The machine's own file system.
    public var fileSystem: String? { nil }

    /// The folder at `path`, which need not be there yet.
    public init(path: String) {
        self.path = path
    }

    /// The path of the file of that name.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder, and those above it, where it is missing.
    public func create() throws(EdgeError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : part + "/"
            if made == "/" || mkdir(made, made.dropLast() == path[...] ? 0o700 : 0o755) == 0 { continue }
            var status = stat()
            guard errno == EEXIST, stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw .system(action: "make the folder", path: made, reason: Self.reason)
            }
        }
    }

    /// The content of a file; nil where there is none.
    public func read(_ name: String) throws(EdgeError) -> [UInt8]? {
        let bytes = try read(name, from: 0, limit: Self.maximumFileBytes + 1)
        guard (bytes?.count ?? 0) <= Self.maximumFileBytes else {
            throw .malformedFile(path: path(of: name), reason: "it is larger than \(Self.maximumFileBytes) bytes")
        }
        return bytes
    }

    /// The bytes of a file from `offset` on, at most `limit`; nil where there is no such file.
    public func read(_ name: String, from offset: Int, limit: Int) throws(EdgeError) -> [UInt8]? {
        let path = path(of: name)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(action: "open", path: path, reason: Self.reason)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(64 << 10, limit))
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = pread(descriptor, &chunk, wanted, off_t(offset + bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(action: "read", path: path, reason: Self.reason) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// Writes a new file; false where one of that name is there already.
    public func create(_ name: String, _ bytes: [UInt8]) throws(EdgeError) -> Bool {
        let path = path(of: name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw .system(action: "make", path: path, reason: Self.reason)
        }
        try write(bytes, to: descriptor, path: path)
        try synchronize()
        return true
    }

    /// Writes a file in place of the one of that name, if there is one.
    public func replace(_ name: String, _ bytes: [UInt8]) throws(EdgeError) {
        let path = path(of: name)
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(action: "make", path: temporary, reason: Self.reason) }
        try write(bytes, to: descriptor, path: temporary)
        guard Glibc.rename(temporary, path) == 0 else {
            throw .system(action: "replace", path: path, reason: Self.reason)
        }
        try synchronize()
    }

    /// Deletes a file, if there is one.
    public func remove(_ name: String) throws(EdgeError) {
        let path = path(of: name)
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .system(action: "delete", path: path, reason: Self.reason)
        }
    }

    /// Gives a file another name; safe against a power cut after `synchronize`.
    public func rename(_ name: String, to other: String) throws(EdgeError) {
        let path = path(of: name)
        guard Glibc.rename(path, self.path(of: other)) == 0 else {
            throw .system(action: "rename", path: path, reason: Self.reason)
        }
    }

    /// The length of a file; nil where there is none.
    public func byteCount(of name: String) -> Int? {
        var status = stat()
        return stat(path(of: name), &status) == 0 ? Int(status.st_size) : nil
    }

    /// Flushes the folder itself, so that new names in it survive a power cut.
    public func synchronize() throws(EdgeError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(action: "open", path: path, reason: Self.reason) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(action: "flush", path: path, reason: Self.reason) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(EdgeError) {
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(descriptor, all.baseAddress.map { $0 + written }, all.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .system(action: "write", path: path, reason: Self.reason) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .system(action: "flush", path: path, reason: Self.reason) }
    }

    static var reason: String { String(cString: strerror(errno)) }
}
