import Glibc

/// A port on this machine that no other machine can reach: `127.0.0.1:9464`, or `[::1]:9464`.
public struct LoopbackAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address without its port.
    private let host: String
    /// The port; 0 lets the system choose one.
    public var port: Int

    /// Nil where the text is no numeric loopback address with a port.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        let host = String(text[..<colon])
        var version4 = in_addr()
        guard host == "[::1]" || (inet_pton(AF_INET, host, &version4) == 1 && host.hasPrefix("127.")) else {
            return nil
        }
        self.host = host
        self.port = Int(port)
    }

    /// The address as it is written.
    public var description: String { "\(host):\(port)" }

    /// The family of its sockets.
    var family: Int32 { host == "[::1]" ? AF_INET6 : AF_INET }

    /// Hands the address over as the calls of the system take it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let port = in_port_t(UInt16(port).bigEndian)
        if family == AF_INET6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port
            address.sin6_addr = in6addr_loopback
            return Self.rebind(&address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port
        inet_pton(AF_INET, host, &address.sin_addr)
        return Self.rebind(&address, body)
    }

    private static func rebind<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
