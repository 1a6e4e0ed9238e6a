/// Why a signed message is not believed.
public enum SigningError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read: what is wrong.
    case malformed(String)
    /// It is signed, but it is another kind of message.
    case wrongType(expected: String, actual: String)
    /// It is signed by a key that does not count here: its identifier.
    case unknownKey(String)
    /// The signature does not fit.
    case invalidSignature
    /// A request's signature was made too long ago, or in the future: by how many seconds.
    case outsideTimeWindow(seconds: Int64)
    /// A request lacks a part that must be signed: its name.
    case missingComponent(String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .malformed(let reason): "not readable: \(reason)"
        case .wrongType(let expected, let actual): "the payload type is '\(actual)', not '\(expected)'"
        case .unknownKey(let identifier): "signed by key '\(identifier)', which is not the one expected"
        case .invalidSignature: "the signature is wrong"
        case .outsideTimeWindow(let seconds): "the signature's time is \(seconds) s away from this machine's clock"
        case .missingComponent(let name): "the signature does not cover \(name)"
        }
    }
}
