import JSON

/// What is to be predicted: the value at a path is one of the positive ones, one of the negative ones, or no label.
///
///     {"path": "answer", "positive": ["yes"], "negative": ["no"]}
public struct LabelSpecification: Hashable, Sendable {
    /// The most values of either kind.
    public static let maximumValues = 64

    /// Where the label stands in the event.
    public let path: JSONPath
    /// The texts, integers or truth values that mean true.
    public let positive: [JSONValue]
    /// Those that mean false.
    public let negative: [JSONValue]

    /// Reads the label that stands at `path` of the stream file.
    public init(json: JSONValue, at path: String = "label") throws(ScoringError) {
        for member in json.object ?? [] where !["path", "positive", "negative"].contains(member.name) {
            throw .invalid(path: "\(path).\(member.name)", reason: "unknown; known are path, positive, negative")
        }
        guard let text = json["path"]?.string, !text.isEmpty, !text.hasPrefix("@") else {
            throw .invalid(path: "\(path).path", reason: "the label has a path in the event")
        }
        self.path = JSONPath(text)
        positive = try Self.values(json["positive"], at: "\(path).positive")
        negative = try Self.values(json["negative"], at: "\(path).negative")
        guard Set(positive).isDisjoint(with: negative) else {
            throw .invalid(path: path, reason: "a value is either positive or negative")
        }
    }

    private static func values(_ json: JSONValue?, at path: String) throws(ScoringError) -> [JSONValue] {
        let values = json?.array ?? []
        guard (1...maximumValues).contains(values.count), values.allSatisfy(isScalar) else {
            throw .invalid(path: path, reason: "1 to \(maximumValues) texts, integers or truth values")
        }
        return values
    }

    private static func isScalar(_ value: JSONValue) -> Bool {
        switch value {
        case .string, .integer, .boolean: true
        default: false
        }
    }

    /// The label as `init(json:at:)` reads it.
    public var json: JSONValue {
        ["path": .string(path.description), "positive": .array(positive), "negative": .array(negative)]
    }

    /// The label of an event; nil where it has none.
    public func label(of event: JSONElement) -> Bool? {
        guard let element = event[path] else { return nil }
        if positive.contains(where: { Self.matches(element, $0) }) { return true }
        if negative.contains(where: { Self.matches(element, $0) }) { return false }
        return nil
    }

    private static func matches(_ element: JSONElement, _ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): element.withUTF8 { $0.elementsEqual(text.utf8) } ?? false
        case .integer(let integer): element.integer == integer
        case .boolean(let boolean): element.boolean == boolean
        default: false
        }
    }
}
