import Glibc

/// Keeps a second process off a state directory; free again when it goes, or when the process ends in any way.
public final class StateLock {
    private static let fileName = "lock"
    /// `isHeld` of another process may be in the way for a moment.
    private static let tries = 5
    private static let pauseMicroseconds: UInt32 = 20_000

    private let descriptor: Int32

    /// Takes the lock, or throws `alreadyRunning`.
    public init(_ state: StateDirectory) throws(EdgeError) {
        let path = state.path(of: Self.fileName)
        // Only what is held becomes a property: with that the object is whole, and an error would end it as such.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(action: "open", path: path, reason: StateDirectory.reason)
        }
        for _ in 0..<Self.tries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                self.descriptor = descriptor
                return
            }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(Self.pauseMicroseconds)
        }
        let code = errno
        close(descriptor)
        if code == EWOULDBLOCK { throw .alreadyRunning(path: state.path) }
        throw .system(action: "lock", path: path, reason: String(cString: strerror(code)))
    }

    deinit {
        close(descriptor)
    }

    /// Whether a process holds the lock, found out without keeping it.
    static func isHeld(_ state: StateDirectory) -> Bool {
        let descriptor = open(state.path(of: fileName), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
