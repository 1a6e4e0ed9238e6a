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

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .notFound(let key): "there is no object '\(key)'"
        case .invalidKey(let key, let reason): "'\(key)' cannot be an object's key: \(reason)"
        case .full(let path): "no space is left for '\(path)'"
        case .system(let call, let path, let reason): "\(call) '\(path)': \(reason)"
        }
    }
}
