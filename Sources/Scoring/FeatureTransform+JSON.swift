import JSON

extension FeatureTransform {
    /// Reads the step that stands at `path` of the stream file.
    public init(json: JSONValue, at path: String) throws(ScoringError) {
        if let name = json.string {
            self = try Self(name: name, parameters: [:], at: path)
        } else if let members = json.object, members.count == 1, let member = members.first {
            self = try Self(name: member.name, parameters: member.value, at: "\(path).\(member.name)")
        } else {
            throw .invalid(path: path, reason: "a transform is a name, or an object of one name and its parameters")
        }
    }

    private init(name: String, parameters: JSONValue, at path: String) throws(ScoringError) {
        switch name {
        case "presence": self = .presence
        case "lower_case": self = .lowerCase
        case "count": self = .count
        case "buckets": self = .buckets(try Self.boundaries(parameters, at: path))
        case "grid":
            guard let cell = parameters.number, cell >= 0.000_001, cell <= 1_000_000 else {
                throw .invalid(path: path, reason: "the cell's size is a number from 0.000001 to 1000000")
            }
            self = .grid(cell)
        case "log2_difference":
            try Self.expect(["minus", "unit"], in: parameters, at: path)
            self = .log2Difference(
                minus: try Self.path("minus", parameters, at: path), unit: try Self.unit(parameters, at: path))
        case "log2_age":
            try Self.expect(["at", "unit", "frontier"], in: parameters, at: path)
            var frontier: Frontier?
            if let points = parameters["frontier"] { frontier = try Frontier(json: points, at: "\(path).frontier") }
            self = .log2Age(
                at: try Self.path("at", parameters, at: path), unit: try Self.unit(parameters, at: path),
                frontier: frontier)
        default:
            guard let clock = Clock(rawValue: name) else {
                throw .invalid(path: path, reason: "there is no transform '\(name)'")
            }
            self = try Self(clock: clock, parameters: parameters, at: path)
        }
    }

    private init(clock: Clock, parameters: JSONValue, at path: String) throws(ScoringError) {
        try Self.expect(["offset_minutes", "longitude"], in: parameters, at: path)
        var offset: Int64 = 0
        if let given = parameters["offset_minutes"] {
            guard let minutes = given.integer, abs(minutes) <= 1440 else {
                throw .invalid(path: "\(path).offset_minutes", reason: "an offset is at most 1440 minutes either way")
            }
            offset = minutes
        }
        var longitude: ValuePath?
        if parameters["longitude"] != nil { longitude = try Self.path("longitude", parameters, at: path) }
        self = .clock(clock, offsetMinutes: offset, longitude: longitude)
    }

    private static func path(
        _ name: String, _ parameters: JSONValue, at path: String
    ) throws(ScoringError) -> ValuePath {
        guard let text = parameters[name]?.string, !text.isEmpty else {
            throw .invalid(path: "\(path).\(name)", reason: "a path such as 'a.b'")
        }
        return ValuePath(text)
    }

    private static func unit(_ parameters: JSONValue, at path: String) throws(ScoringError) -> TimeUnit {
        guard let unit = parameters["unit"]?.string.flatMap(TimeUnit.init(rawValue:)) else {
            let names = TimeUnit.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(path: "\(path).unit", reason: "one of \(names)")
        }
        return unit
    }

    private static func boundaries(_ json: JSONValue, at path: String) throws(ScoringError) -> [Double] {
        let boundaries = json.array?.compactMap(\.number) ?? []
        guard !boundaries.isEmpty, boundaries.count == json.array?.count, boundaries.count <= maximumBoundaries,
            zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw .invalid(path: path, reason: "boundaries are 1 to \(maximumBoundaries) ascending numbers")
        }
        return boundaries
    }

    private static func expect(_ names: [String], in json: JSONValue, at path: String) throws(ScoringError) {
        guard let members = json.object else { throw .invalid(path: path, reason: "the parameters are an object") }
        for member in members where !names.contains(member.name) {
            let known = names.joined(separator: ", ")
            throw .invalid(path: "\(path).\(member.name)", reason: "unknown; known are \(known)")
        }
    }

    /// The step as `init(json:at:)` reads it.
    public var json: JSONValue {
        switch self {
        case .presence: "presence"
        case .lowerCase: "lower_case"
        case .count: "count"
        case .buckets(let boundaries): ["buckets": .array(boundaries.map { .number($0) })]
        case .grid(let cell): ["grid": .number(cell)]
        case .log2Difference(let minus, let unit):
            ["log2_difference": ["minus": .string(minus.description), "unit": .string(unit.rawValue)]]
        case .log2Age(let time, let unit, let frontier): ageJSON(time, unit, frontier)
        case .clock(let clock, let offset, let longitude):
            clockJSON(clock, offset, longitude)
        }
    }

    private func ageJSON(_ time: ValuePath, _ unit: TimeUnit, _ frontier: Frontier?) -> JSONValue {
        var parameters: [JSONValue.Member] = [
            .init("at", .string(time.description)), .init("unit", .string(unit.rawValue)),
        ]
        if let frontier { parameters.append(.init("frontier", frontier.json)) }
        return ["log2_age": .object(parameters)]
    }

    private func clockJSON(_ clock: Clock, _ offset: Int64, _ longitude: ValuePath?) -> JSONValue {
        var parameters: [JSONValue.Member] = []
        if offset != 0 { parameters.append(.init("offset_minutes", .integer(offset))) }
        if let longitude { parameters.append(.init("longitude", .string(longitude.description))) }
        if parameters.isEmpty { return .string(clock.rawValue) }
        return .object([.init(clock.rawValue, .object(parameters))])
    }
}
