import Glibc

/// A listening socket of this machine, and what becomes of those who connect to it; nothing in it blocks.
final class LocalListener {
    /// Those who wait to be accepted, at most.
    private static let backlog: Int32 = 64

    /// Becomes readable when somebody has connected.
    let descriptor: Int32
    /// Where it listens, in words.
    let name: String
    private let path: String?

    private init(_ descriptor: Int32, name: String, path: String? = nil) {
        self.descriptor = descriptor
        self.name = name
        self.path = path
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// Listens on a Unix socket that user and group of the process may use (mode 0660).
    ///
    /// A socket that nobody listens on any more is replaced; anything else at that path is left alone and an error.
    convenience init(socket address: UnixAddress) throws(EdgeError) {
        try Self.removeStale(address)
        let descriptor = try Self.open(AF_UNIX, address.path)
        // Nobody can connect between the two: not before `listen`.
        let isBound =
            address.withSocketAddress { bind(descriptor, $0, $1) } == 0 && chmod(address.path, 0o660) == 0
            && listen(descriptor, Self.backlog) == 0
        guard isBound else { throw Self.failure(descriptor, address.path) }
        self.init(descriptor, name: address.path, path: address.path)
    }

    /// Listens on a loopback port.
    convenience init(_ address: LoopbackAddress) throws(EdgeError) {
        let descriptor = try Self.open(address.family, address.description)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, Self.backlog) == 0,
            let port = Self.port(of: descriptor)
        else { throw Self.failure(descriptor, address.description) }
        var bound = address
        bound.port = port
        self.init(descriptor, name: bound.description)
    }

    /// The next connection, which does not block; nil where nobody waits.
    func accept() -> Int32? {
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        guard fcntl(connection, F_SETFD, FD_CLOEXEC) == 0, fcntl(connection, F_SETFL, O_NONBLOCK) == 0 else {
            close(connection)
            return nil
        }
        return connection
    }

    private static func open(_ family: Int32, _ name: String) throws(EdgeError) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(family, Int32(kind), 0)
        guard descriptor >= 0 else {
            throw .system(action: "make a socket for", path: name, reason: StateDirectory.reason)
        }
        return descriptor
    }

    private static func failure(_ descriptor: Int32, _ name: String) -> EdgeError {
        let reason = StateDirectory.reason
        close(descriptor)
        return .system(action: "listen on", path: name, reason: reason)
    }

    private static func removeStale(_ address: UnixAddress) throws(EdgeError) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .system(action: "listen on", path: address.path, reason: "something that is no socket is there")
        }
        let probe = try open(AF_UNIX, address.path)
        defer { close(probe) }
        guard address.withSocketAddress({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .system(action: "listen on", path: address.path, reason: "another process listens on it")
        }
        unlink(address.path)
    }

    private static func port(of descriptor: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let isKnown = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length) == 0
            }
            // The port stands at the same place in both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                isKnown ? Int(UInt16(bigEndian: $0.pointee.sin_port)) : nil
            }
        }
    }
}
