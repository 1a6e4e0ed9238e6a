/// Why a stream file is not usable.
public enum StreamDefinitionError: Error, Equatable, CustomStringConvertible {
    /// The file or folder cannot be read: the reason.
    case unreadable(file: String, reason: String)
    /// The file is no JSON document: the parser's words.
    case malformed(file: String, reason: String)
    /// The definition is wrong: all faults, in the order in which they were found.
    case invalid(file: String, faults: [Fault])

    /// What is wrong at one place of the file.
    public struct Fault: Equatable, Sendable, CustomStringConvertible {
        /// The JSON path of the place: `tables[3].columns[1].type`; empty for the whole document.
        public let path: String
        /// What is wrong there.
        public let reason: String

        /// The path and the reason.
        public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
    }

    /// A sentence for an operator, a line a fault.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .malformed(let file, let reason): "\(file): \(reason)"
        case .invalid(let file, let faults): faults.map { "\(file): \($0)" }.joined(separator: "\n")
        }
    }
}
