/// A JSON value that stands on its own: what configuration, manifests and control messages are read into.
///
/// Objects keep the order of their members, so that what is signed is written the same way each time.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The member's name.
        public var name: String
        /// The member's value.
        public var value: JSONValue

        /// A member of an object.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// How deep a control message may nest.
    public static let controlDepth = 32

    /// Reads one JSON document.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        do {
            let parser = try JSONParser(maximumDepth: Self.controlDepth)
            self = try parser.parse(bytes) { JSONValue($0) }
        } catch let error as JSONError {
            throw error
        } catch {
            throw .malformed(String(describing: error))
        }
    }

    /// Reads one JSON document.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Copies a parsed element and all below it.
    public init(_ element: JSONElement) {
        switch element.kind {
        case .null: self = .null
        case .boolean: self = .boolean(element.boolean ?? false)
        case .integer: self = .integer(element.integer ?? 0)
        case .number: self = .number(element.number ?? 0)
        case .string: self = .string(element.string ?? "")
        case .array:
            var elements: [JSONValue] = []
            element.forEachElement { elements.append(JSONValue($0)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            element.forEachMember { members.append(Member(String(decoding: $0, as: UTF8.self), JSONValue($1))) }
            self = .object(members)
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// An object with its members in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// A text.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// An integer.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A truth value.
    public init(booleanLiteral value: Bool) {
        self = .boolean(value)
    }

    /// Null.
    public init(nilLiteral: ()) {
        self = .null
    }
}
