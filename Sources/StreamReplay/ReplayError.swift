/// Why a replay cannot be had.
public enum ReplayError: Error, Equatable, CustomStringConvertible {
    /// A recording could not be read: its path and the system's reason.
    case unreadable(path: String, reason: String)
    /// A recording holds no message.
    case empty(path: String)
    /// A pace that is written wrong, with what may stand there.
    case invalidPace(String, allowed: String)
    /// The server cannot listen: address and the system's reason.
    case cannotListen(address: String, reason: String)
    /// Standard output does not take any more.
    case cannotWrite(reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the recording \(path) cannot be read: \(reason)"
        case .empty(let path): "the recording \(path) holds no message"
        case .invalidPace(let text, let allowed): "'\(text)' is no pace: write \(allowed)"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .cannotWrite(let reason): "cannot write to standard output: \(reason)"
        }
    }
}
