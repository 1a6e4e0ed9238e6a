import Glibc

/// The address of a Unix socket: a path, or behind an `@` a name in the kernel's abstract space (unix(7)).
struct UnixAddress {
    /// The longest path an address holds; the kernel wants a zero behind it.
    static let maximumPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The path, or the name with its `@`.
    let path: String
    private var address = sockaddr_un()
    private let length: socklen_t

    /// Nil where the text is no absolute path or `@` name, or is too long.
    init?(_ path: String) {
        var bytes = Array(path.utf8)
        guard bytes.count > 1, bytes.count <= Self.maximumPathBytes, !bytes.contains(0) else { return nil }
        guard bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "@") else { return nil }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        self.path = path
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Hands the address over as the calls of the system take it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
