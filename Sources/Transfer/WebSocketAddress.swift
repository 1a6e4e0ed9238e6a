/// The address of a WebSocket, taken apart (RFC 6455 section 3).
struct WebSocketAddress: Equatable {
    /// The address that libcurl connects to: `http` or `https`, host and port.
    let connectionURL: String
    /// The value of the `Host` header.
    let host: String
    /// Path and query.
    let target: String

    init(_ url: String) throws(TransferError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("'\(url)' holds a blank, a control character or something that is not ASCII")
        }
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            throw .invalidRequest("'\(url)' does not begin with ws:// or wss://")
        }
        let scheme: String
        let usualPort: String
        switch url[..<colon].lowercased() {
        case "ws": (scheme, usualPort) = ("http", ":80")
        case "wss": (scheme, usualPort) = ("https", ":443")
        default: throw .invalidRequest("'\(url)' does not begin with ws:// or wss://")
        }
        let rest = url[colon...].dropFirst(3)
        guard !rest.contains("#") else { throw .invalidRequest("'\(url)' has a fragment") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@") else {
            throw .invalidRequest("'\(url)' has no host, or a user name")
        }
        let path = rest.dropFirst(authority.count)
        connectionURL = "\(scheme)://\(authority)/"
        host = String(authority.hasSuffix(usualPort) ? authority.dropLast(usualPort.count) : authority)
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }
}
