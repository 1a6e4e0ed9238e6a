import Glibc

/// A folder for the files of one run of a command; empty at the start, gone at the end, and nobody else's meanwhile.
final class ScratchFolder {
    /// The folder.
    let path: String
    private let descriptor: Int32

    /// The folder at `path`, which is made; throws where another command is using it.
    init(_ path: String) throws(CloudError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure("create", path) }
        // Before the lock is held nothing here is a property: an error would end the object, and empty the other's folder.
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .system(operation: "use", path: path, reason: "another command is at work in it")
        }
        (self.path, self.descriptor) = (path, descriptor)
        clear()
    }

    deinit {
        clear()
        rmdir(path)
        close(descriptor)
    }

    /// Removes what a command that was killed has left, or this one; there are no folders in it.
    private func clear() {
        guard let directory = opendir(path) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
    }

    private static func failure(_ operation: String, _ path: String) -> CloudError {
        .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
