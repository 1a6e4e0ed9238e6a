import Glibc

/// Keeps a second server off a state folder; free again when this one goes, or its process ends in any way.
final class ServeLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the folder at `path`, or throws `alreadyServing`.
    init(_ path: String) throws(CloudError) {
        let file = path + "/serve.lock"
        // Only what is held becomes a property: with that the object is whole, and an error would end it as such.
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(operation: "open", path: file, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { throw .alreadyServing(path: path) }
            throw .system(operation: "lock", path: file, reason: String(cString: strerror(code)))
        }
        self.descriptor = descriptor
    }

    deinit {
        // A process that another thread is just starting has a copy of the descriptor, which would hold the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
