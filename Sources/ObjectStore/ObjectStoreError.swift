/// Why an object could not be kept, read or removed.
public enum ObjectStoreError: Error, Equatable, CustomStringConvertible {
    /// Nothing is under that key.
    case notFound(key: String)
    /// The text is no key: why.
    case invalidKey(String, reason: String)
    /// The disk is full.
    case full(path: String)
    /// A system call failed: which, on what, and the system's words.
    case system(call: String, path: String, reason: String)
    /// The store cannot be reached or does not answer, after several attempts: what happened last. It may pass by itself.
    case unreachable(place: String, reason: String)
    /// The store does not do what it is asked, and will not the next time: why.
    case refused(place: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .notFound(let key): "there is no object '\(key)'"
        case .invalidKey(let key, let reason): "'\(key)' cannot be an object's key: \(reason)"
        case .full(let path): "no space is left for '\(path)'"
        case .system(let call, let path, let reason): "\(call) '\(path)': \(reason)"
        case .unreachable(let place, let reason): "\(place) cannot be reached: \(reason)"
        case .refused(let place, let reason): "\(place) refuses: \(reason)"
        }
    }
}
