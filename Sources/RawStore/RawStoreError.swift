/// Why a batch could not be kept or read back.
public enum RawStoreError: Error, Equatable, CustomStringConvertible {
    /// The disk is full.
    case full(path: String)
    /// A call failed: which, on what, and the system's words.
    case system(call: String, path: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .full(let path): "no space is left for '\(path)'"
        case .system(let call, let path, let reason): "\(call) '\(path)': \(reason)"
        }
    }
}
