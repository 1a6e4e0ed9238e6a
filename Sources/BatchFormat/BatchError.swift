import Signing

/// Why a batch is not taken.
public enum BatchError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read: what is wrong.
    case malformed(String)
    /// It is larger than a limit allows: which.
    case tooLarge(String)
    /// It is not what its manifest says: in what.
    case mismatch(String)
    /// Its manifest is not signed by the device.
    case signing(SigningError)

    /// The status that answers an upload of it.
    public var httpStatus: Int {
        switch self {
        case .malformed: 400
        case .tooLarge: 413
        case .mismatch: 422
        case .signing(.malformed), .signing(.wrongType): 400
        case .signing: 401
        }
    }

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .malformed(let reason): "the batch is not readable: \(reason)"
        case .tooLarge(let reason): "the batch is too large: \(reason)"
        case .mismatch(let reason): "the batch is not what its manifest says: \(reason)"
        case .signing(let error): "the batch's manifest is not signed as it must be: \(error)"
        }
    }
}
