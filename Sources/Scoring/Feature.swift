import JSON

/// A named way from an event to categorical tokens: one token, or one for each element of a list.
///
///     {"name": "country", "path": "place.country"}
///     {"name": "lead", "path": "starts", "transform": {"log2_difference": {"minus": "changed", "unit": "hour"}}}
///     {"name": "tags", "path": "place.tags", "transforms": ["count", {"buckets": [5, 10, 15]}]}
///     {"name": "tag", "each": "place.tags", "path": "@.name"}
///     {"name": "country x tag", "each": "place.tags", "paths": ["place.country", "@.name"]}
///
/// `paths` crosses several values into one token; an entry may be an object `{"path", "transform"}` of its own.
public struct Feature: Hashable, Sendable {
    /// A value that goes into the token.
    public struct Operand: Hashable, Sendable {
        /// Where the value stands.
        public let path: ValuePath
        /// The steps it takes, in order; none leaves it as it is.
        public let transforms: [FeatureTransform]

        /// A value and the steps it takes.
        public init(path: ValuePath, transforms: [FeatureTransform] = []) {
            self.path = path
            self.transforms = transforms
        }

        /// All paths that are read for this value.
        public var paths: [ValuePath] { [path] + transforms.flatMap(\.paths) }
    }

    /// The most values crossed in one feature.
    public static let maximumOperands = 4

    /// What keeps this feature's tokens apart from those of the others.
    public let name: String
    /// The list (array or map) whose elements give a token each; nil for one token an event.
    public let each: JSONPath?
    /// What is crossed, one value or more.
    public let operands: [Operand]

    /// A feature that crosses `operands`.
    public init(name: String, each: JSONPath? = nil, operands: [Operand]) {
        self.name = name
        self.each = each
        self.operands = operands
    }
}

extension Feature {
    private static let members = ["name", "each", "path", "paths", "transform", "transforms"]

    /// Reads the feature that stands at `path` of the stream file.
    public init(json: JSONValue, at path: String) throws(ScoringError) {
        guard let members = json.object else { throw .invalid(path: path, reason: "a feature is an object") }
        for member in members where !Self.members.contains(member.name) {
            let known = Self.members.joined(separator: ", ")
            throw .invalid(path: "\(path).\(member.name)", reason: "unknown; known are \(known)")
        }
        guard let name = json["name"]?.string, !name.isEmpty, name.utf8.count <= 64 else {
            throw .invalid(path: "\(path).name", reason: "a feature has a name of 1 to 64 bytes")
        }
        if let each = json["each"], each.string?.isEmpty ?? true {
            throw .invalid(path: "\(path).each", reason: "'each' is the path of a list")
        }
        self.name = name
        each = json["each"]?.string.map { JSONPath($0) }
        operands = try Self.operands(json, at: path)
        let isOfElement = operands.flatMap(\.paths).contains(where: \.isOfElement)
        guard isOfElement == (each != nil) else {
            throw .invalid(path: path, reason: "'each' and a path that begins with '@' go together")
        }
    }

    private static func operands(_ json: JSONValue, at path: String) throws(ScoringError) -> [Operand] {
        switch (json["path"], json["paths"]) {
        case (.some, nil): return [try operand(json, at: path)]
        case (nil, .some(let paths)):
            guard let entries = paths.array, (1...maximumOperands).contains(entries.count) else {
                throw .invalid(path: "\(path).paths", reason: "1 to \(maximumOperands) paths can be crossed")
            }
            guard json["transform"] == nil, json["transforms"] == nil else {
                throw .invalid(path: path, reason: "beside 'paths' each entry has its own transform")
            }
            var operands: [Operand] = []
            for (index, entry) in entries.enumerated() {
                let entry = entry.string == nil ? entry : ["path": entry]
                operands.append(try operand(entry, at: "\(path).paths[\(index)]"))
            }
            return operands
        default:
            throw .invalid(path: path, reason: "a feature has either 'path' or 'paths'")
        }
    }

    private static func operand(_ json: JSONValue, at path: String) throws(ScoringError) -> Operand {
        guard let text = json["path"]?.string, !text.isEmpty else {
            throw .invalid(path: "\(path).path", reason: "a path is a text such as 'a.b'")
        }
        var transforms: [FeatureTransform] = []
        switch (json["transform"], json["transforms"]) {
        case (nil, nil): break
        case (.some(let step), nil): transforms = [try FeatureTransform(json: step, at: "\(path).transform")]
        case (nil, .some(.array(let steps))):
            for (index, step) in steps.enumerated() {
                transforms.append(try FeatureTransform(json: step, at: "\(path).transforms[\(index)]"))
            }
        default: throw .invalid(path: path, reason: "either 'transform', or 'transforms' with a list")
        }
        return Operand(path: ValuePath(text), transforms: transforms)
    }

    /// The feature as `init(json:at:)` reads it.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name))]
        if let each { members.append(.init("each", .string(each.description))) }
        if operands.count == 1 {
            members += operands[0].members
        } else {
            let entries = operands.map { operand in
                operand.transforms.isEmpty ? .string(operand.path.description) : JSONValue.object(operand.members)
            }
            members.append(.init("paths", .array(entries)))
        }
        return .object(members)
    }
}

extension Feature.Operand {
    fileprivate var members: [JSONValue.Member] {
        let path = JSONValue.Member("path", .string(path.description))
        switch transforms.count {
        case 0: return [path]
        case 1: return [path, .init("transform", transforms[0].json)]
        default: return [path, .init("transforms", .array(transforms.map(\.json)))]
        }
    }
}
