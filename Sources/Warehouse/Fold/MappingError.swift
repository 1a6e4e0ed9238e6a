/// Why a message cannot become rows. Such a message is counted and never merged, no part of it.
public enum MappingError: Error, Equatable, CustomStringConvertible {
    /// The message is not a JSON object.
    case notAnObject
    /// A value that must be there is missing or null: its path.
    case missing(path: String)
    /// A value is of another kind than its column: its path and the kind wanted.
    case wrongKind(path: String, wanted: String)
    /// The texts of a key are longer together than an index can hold: the path of the first of them.
    case tooLong(path: String, limit: Int)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .notAnObject: "the message is not a JSON object"
        case .missing(let path): "'\(path)' is missing"
        case .tooLong(let path, let limit): "the key with '\(path)' has more than \(limit) bytes"
        case .wrongKind(let path, let wanted): "'\(path)' is not \(wanted)"
        }
    }
}
