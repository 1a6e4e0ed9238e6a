/// Why a text is not the JSON that was asked for.
public enum JSONError: Error, Equatable, CustomStringConvertible {
    /// The text is no JSON document; the parser's own words.
    case malformed(String)
    /// A member that must be there is missing or of another kind: its path and the kind wanted.
    case mismatch(path: String, wanted: String)
    /// The parser could not get memory.
    case outOfMemory

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .malformed(let reason): "not a JSON document: \(reason)"
        case .mismatch(let path, let wanted): "'\(path)' is missing or not \(wanted)"
        case .outOfMemory: "out of memory for the JSON parser"
        }
    }
}
