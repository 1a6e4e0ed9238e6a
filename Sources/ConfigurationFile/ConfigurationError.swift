/// What is wrong with a configuration, at one place of it.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read: the reason.
    case unreadable(String)
    /// The line is no section, no `key = value`, no comment.
    case malformedLine(String)
    /// A key stands above the first section.
    case keyOutsideSection(String)
    /// A key has nothing behind its `=`.
    case emptyValue(key: String, section: String)
    /// The same section stands twice.
    case repeatedSection(String, firstLine: Int)
    /// The same key stands twice in one section.
    case repeatedKey(String, section: String, firstLine: Int)
    /// No part of the program reads this section.
    case unknownSection(String, nearest: String?)
    /// No part of the program reads this key.
    case unknownKey(String, section: String, nearest: String?)
    /// A section of this kind has a name of its own: `[kind NAME]`.
    case missingName(section: String)
    /// A key that must be there is not.
    case missingKey(String, section: String)
    /// A value is not what it must be.
    case invalidValue(key: String, section: String, value: String, wanted: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .unreadable(let reason): "the file cannot be read: \(reason)"
        case .malformedLine(let line):
            "'\(line)' is neither '[section]' nor 'key = value' nor '# comment'"
        case .keyOutsideSection(let key): "key '\(key)' stands before the first section"
        case .emptyValue(let key, let section): "key '\(key)' in [\(section)] has no value"
        case .repeatedSection(let section, let line):
            "section [\(section)] is repeated, it began at line \(line)"
        case .repeatedKey(let key, let section, let line):
            "key '\(key)' in [\(section)] is repeated, it was set at line \(line)"
        case .unknownSection(let section, let nearest):
            "unknown section [\(section)]"
                + (nearest.map { "; the nearest known section is [\($0)]" } ?? "")
        case .unknownKey(let key, let section, let nearest):
            "unknown key '\(key)' in [\(section)]"
                + (nearest.map { "; the nearest known key is '\($0)'" } ?? "")
        case .missingName(let section): "section [\(section)] needs a name: [\(section) NAME]"
        case .missingKey(let key, let section): "key '\(key)' is missing in [\(section)]"
        case .invalidValue(let key, let section, let value, let wanted):
            "key '\(key)' in [\(section)] is '\(value)', but must be \(wanted)"
        }
    }
}

/// All that is wrong with one configuration file.
public struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
    /// An error and its line, counted from 1.
    public struct Located: Equatable, Sendable, CustomStringConvertible {
        /// The file, as it was named.
        public let source: String
        /// The line, counted from 1.
        public let line: Int
        /// What is wrong there.
        public let error: ConfigurationError

        /// `FILE:LINE: sentence`.
        public var description: String { "\(source):\(line): \(error)" }
    }

    /// The errors, by line.
    public let errors: [Located]

    /// One `FILE:LINE: sentence` a line.
    public var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
