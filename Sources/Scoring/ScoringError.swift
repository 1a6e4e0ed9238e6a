import Signing

/// Why features, a model or its file cannot be used.
public enum ScoringError: Error, Equatable, CustomStringConvertible {
    /// A specification is wrong: the JSON path of the place at fault and what is wrong there.
    case invalid(path: String, reason: String)
    /// A model file cannot be read: what is wrong.
    case malformed(String)
    /// A model file, or what it unpacks to, is not what its signed manifest says.
    case mismatch(String)
    /// A part is longer than its limit.
    case tooLarge(what: String, bytes: Int, limit: Int)
    /// The model file is not signed as it must be.
    case signing(SigningError)
    /// A golden vector comes out as another probability here.
    case goldenVector(index: Int, expected: Double, actual: Double)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .invalid(let path, let reason): "\(path): \(reason)"
        case .malformed(let reason): "the model file is not readable: \(reason)"
        case .mismatch(let reason): "the model file is not what its manifest says: \(reason)"
        case .tooLarge(let what, let bytes, let limit): "\(what) has \(bytes) bytes, at most \(limit) are allowed"
        case .signing(let error): "the model file is not trusted: \(error)"
        case .goldenVector(let index, let expected, let actual):
            "golden vector \(index) gives \(actual) on this machine, \(expected) where the model was made"
        }
    }
}
