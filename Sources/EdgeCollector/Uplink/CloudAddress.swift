/// Where the cloud's device interface is: `https://HOST` or `https://HOST:PORT`.
public struct CloudAddress: Hashable, Sendable, CustomStringConvertible {
    /// Host and port as a signed request names them: in lower case, the port only where it is not 443.
    public let authority: String
    private let scheme: String

    /// A server of a test on this machine, without TLS.
    init(localPort port: Int) {
        scheme = "http"
        authority = "127.0.0.1:\(port)"
    }

    /// The address in `text`; nil where it is anything else, such as one with a path.
    public init?(_ text: String) {
        let prefix = "https://"
        guard text.lowercased().hasPrefix(prefix) else { return nil }
        var rest = text.lowercased().dropFirst(prefix.count)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.isEmpty, !rest.utf8.contains(where: { "/?#@ ".utf8.contains($0) || $0 <= 0x20 || $0 >= 0x7F })
        else {
            return nil
        }
        var host = rest
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let port = Int(rest[rest.index(after: colon)...]), (1...65535).contains(port) else { return nil }
            host = rest[..<colon]
            if port == 443 { rest = host }
        }
        guard !host.isEmpty, host.first == "[" || !host.contains(":") else { return nil }
        scheme = "https"
        authority = String(rest)
    }

    /// The whole address of a path.
    public func url(_ path: String, query: String = "") -> String {
        "\(scheme)://\(authority)\(path)\(query.isEmpty ? "" : "?" + query)"
    }

    /// The address, without a path.
    public var description: String { "\(scheme)://\(authority)" }
}
