/// Why a transfer did not come to its end.
public enum TransferError: Error, Equatable, CustomStringConvertible {
    /// The request cannot be sent as it stands: the reason.
    case invalidRequest(String)
    /// The server's name, the server, its port or its TLS is not to be reached: libcurl's own words.
    case unreachable(String)
    /// The server is reached, but it is not the one that is trusted: libcurl's own words.
    case untrustedServer(String)
    /// It took longer than was allowed: what was waited for.
    case timedOut(String)
    /// The connection broke before the end: libcurl's own words.
    case connectionLost(String)
    /// The answer, or a message, is longer than was allowed.
    case tooLarge(limit: Int)
    /// The answer to the request for a WebSocket was not yes: its status.
    case webSocketRefused(status: Int)
    /// The answer to the request for a WebSocket breaks RFC 6455: the reason.
    case webSocketHandshake(String)
    /// The server broke RFC 6455 after the handshake: the close code it was told, and the reason.
    case webSocketViolation(closeCode: UInt16, String)
    /// libcurl refused: its code and own words.
    case library(code: Int, String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
        case .unreachable(let reason): "the server cannot be reached: \(reason)"
        case .untrustedServer(let reason): "the server is not trusted: \(reason)"
        case .timedOut(let what): "timed out: \(what)"
        case .connectionLost(let reason): "the connection was lost: \(reason)"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .webSocketRefused(let status): "the server answered the WebSocket handshake with status \(status)"
        case .webSocketHandshake(let reason): "the answer to the WebSocket handshake is wrong: \(reason)"
        case .webSocketViolation(let code, let reason): "the server broke the WebSocket protocol (\(code)): \(reason)"
        case .library(let code, let reason): "libcurl: \(reason) (code \(code))"
        }
    }
}
