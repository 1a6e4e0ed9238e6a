/// Reads the XML that S3 answers with, tag by tag (XML 1.0, in UTF-8, without a document type).
///
/// Elements, text, the five entities, character references and CDATA; attributes, comments and processing instructions
/// are passed over. Names keep no prefix. What is not well-formed is an error, except that end tags are not held
/// against their start.
struct XMLReader {
    /// What comes next.
    enum Token: Equatable {
        case start(String)
        case text(String)
        case end(String)
    }

    /// Why it cannot be read.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0
    /// The end of an element written as one tag, `<a/>`.
    private var pendingEnd: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next tag or text that is not only blanks; nil at the end.
    mutating func next() throws(Malformed) -> Token? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                if let text = try text() { return .text(text) }
                continue
            }
            if skips("<!--") {
                try pass("-->")
            } else if skips("<?") {
                try pass("?>")
            } else if skips("<![CDATA[") {
                return .text(String(decoding: try pass("]]>"), as: UTF8.self))
            } else {
                return try tag()
            }
        }
        return nil
    }

    private mutating func tag() throws(Malformed) -> Token {
        position += 1
        var content = try pass(">")
        if content.first == UInt8(ascii: "/") { return .end(Self.name(content.dropFirst())) }
        let isWhole = content.last == UInt8(ascii: "/")
        if isWhole { content.removeLast() }
        let name = Self.name(content)
        guard !name.isEmpty else { throw Malformed() }
        if isWhole { pendingEnd = name }
        return .start(name)
    }

    /// The name without its prefix.
    private static func name(_ content: ArraySlice<UInt8>) -> String {
        let name = content.prefix { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
    }

    /// The text up to the next tag; nil where there are only blanks.
    private mutating func text() throws(Malformed) -> String? {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        var text: [UInt8] = []
        while position < end {
            guard bytes[position] == UInt8(ascii: "&") else {
                text.append(bytes[position])
                position += 1
                continue
            }
            position += 1
            guard let stop = bytes[position..<end].firstIndex(of: UInt8(ascii: ";")) else { throw Malformed() }
            text += try Self.entity(String(decoding: bytes[position..<stop], as: UTF8.self))
            position = stop + 1
        }
        return text.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } ? nil : String(decoding: text, as: UTF8.self)
    }

    private static func entity(_ name: String) throws(Malformed) -> [UInt8] {
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            let digits = name.dropFirst()
            let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard name.first == "#", let code, let scalar = UnicodeScalar(code) else { throw Malformed() }
            return Array(String(scalar).utf8)
        }
    }

    /// Whether that comes next; then it is passed.
    private mutating func skips(_ text: StaticString) -> Bool {
        let wanted = text.withUTF8Buffer { Array($0) }
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Goes behind the next such text; returns what comes before it.
    @discardableResult
    private mutating func pass(_ text: StaticString) throws(Malformed) -> ArraySlice<UInt8> {
        let wanted = text.withUTF8Buffer { Array($0) }
        var end = position
        while end + wanted.count <= bytes.count {
            if bytes[end] == wanted[0], bytes[end...].starts(with: wanted) {
                defer { position = end + wanted.count }
                return bytes[position..<end]
            }
            end += 1
        }
        throw Malformed()
    }
}
