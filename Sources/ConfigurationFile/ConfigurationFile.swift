import Glibc

/// The text of a configuration file, taken apart.
///
/// A file is lines of UTF-8. A line is blank, a comment, a section or a key:
///
///     # a comment; also behind a value, after a blank
///     [section]            or  [section name]: a section of that kind with a name of its own
///     key = value          a key is of a-z, 0-9 and -; the value goes to the end of the line, blanks around it cut
///
/// Each section stands once, each key stands once in its section, no value is empty. What is wrong is kept, and thrown
/// by `ConfigurationReader.finish()` together with what is wrong with the values.
public struct ConfigurationFile: Sendable {
    /// The largest file that is read.
    public static let maximumByteCount = 1 << 20

    struct Entry: Sendable {
        let value: String
        let line: Int
    }

    struct Section: Sendable {
        /// What stands between the brackets, with single blanks.
        let title: String
        let line: Int
        var entries: [String: Entry] = [:]

        /// The first word of the title.
        var kind: Substring { title.prefix { $0 != " " } }
        /// The rest of the title.
        var name: Substring { title.dropFirst(kind.count + 1) }
    }

    /// The file as it was named; relative paths in it are relative to its folder.
    public let source: String
    private(set) var sections: [Section] = []
    private(set) var errors: [ConfigurationErrors.Located] = []
    private(set) var lineCount = 1

    /// Takes `text` apart.
    public init(text: String, source: String) {
        self.source = source
        for (index, line) in text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            lineCount = index + 1
            let content = Substring(line).trimmed(commentsCut: true)
            if content.isEmpty { continue }
            if let error = read(content, line: lineCount) {
                errors.append(.init(source: source, line: lineCount, error: error))
            }
        }
    }

    /// Reads the file at `path` and takes it apart.
    public init(contentsOf path: String) throws(ConfigurationErrors) {
        do throws(ConfigurationError) {
            self.init(text: try Self.text(at: path), source: path)
        } catch {
            throw ConfigurationErrors(errors: [.init(source: path, line: 1, error: error)])
        }
    }

    /// The folder of the file, with its last slash; empty for the working directory.
    var folder: String {
        source.lastIndex(of: "/").map { String(source[...$0]) } ?? ""
    }

    private mutating func read(_ content: Substring, line: Int) -> ConfigurationError? {
        if content.first == "[" {
            guard content.last == "]" else { return .malformedLine(String(content)) }
            return beginSection(content.dropFirst().dropLast(), line: line)
        }
        guard let equals = content.firstIndex(of: "=") else { return .malformedLine(String(content)) }
        let key = String(content[..<equals].trimmed())
        let value = String(content[content.index(after: equals)...].trimmed())
        guard !key.isEmpty, key.utf8.allSatisfy(\.isKeyByte) else {
            return .malformedLine(String(content))
        }
        guard let section = sections.indices.last else { return .keyOutsideSection(key) }
        let title = sections[section].title
        if let first = sections[section].entries[key] {
            return .repeatedKey(key, section: title, firstLine: first.line)
        }
        sections[section].entries[key] = Entry(value: value, line: line)
        return value.isEmpty ? .emptyValue(key: key, section: title) : nil
    }

    private mutating func beginSection(_ brackets: Substring, line: Int) -> ConfigurationError? {
        let words = brackets.split { $0 == " " || $0 == "\t" }
        guard let kind = words.first, kind.utf8.allSatisfy(\.isKeyByte) else {
            return .malformedLine("[\(brackets)]")
        }
        let title = words.joined(separator: " ")
        let first = sections.first { $0.title == title }
        sections.append(Section(title: title, line: line))
        return first.map { .repeatedSection(title, firstLine: $0.line) }
    }

    private static func text(at path: String) throws(ConfigurationError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= maximumByteCount else {
                throw .unreadable("it is larger than \(maximumByteCount) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable("it is not UTF-8")
        }
        return text
    }
}

extension UInt8 {
    fileprivate var isKeyByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension Substring {
    /// The text without the blanks around it, and without a comment where there may be one.
    fileprivate func trimmed(commentsCut: Bool = false) -> Substring {
        var scalars = unicodeScalars
        if commentsCut {
            var isAfterBlank = true
            for index in scalars.indices {
                if isAfterBlank && scalars[index] == "#" {
                    scalars = scalars[..<index]
                    break
                }
                isAfterBlank = scalars[index].isBlank
            }
        }
        while let last = scalars.last, last.isBlank { scalars.removeLast() }
        while let first = scalars.first, first.isBlank { scalars.removeFirst() }
        return Substring(scalars)
    }
}

extension Unicode.Scalar {
    /// A blank, tabulator or carriage return; or a byte order mark, which some editors put in front.
    fileprivate var isBlank: Bool {
        self == " " || self == "\t" || self == "\r" || self == "\u{FEFF}"
    }
}
