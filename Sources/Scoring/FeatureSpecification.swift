import JSON

/// What a model looks at in an event: a list of features, as it stands in the stream file and in the model's manifest.
public struct FeatureSpecification: Hashable, Sendable {
    /// The most features of a model.
    public static let maximumFeatures = 64

    /// The features, in the order of the file.
    public let features: [Feature]

    /// A specification of those features.
    public init(features: [Feature]) {
        self.features = features
    }

    /// Reads the list of features that stands at `path` of the stream file.
    public init(json: JSONValue, at path: String = "features") throws(ScoringError) {
        guard let list = json.array, (1...Self.maximumFeatures).contains(list.count) else {
            throw .invalid(path: path, reason: "a list of 1 to \(Self.maximumFeatures) features")
        }
        var features: [Feature] = []
        for (index, entry) in list.enumerated() {
            let feature = try Feature(json: entry, at: "\(path)[\(index)]")
            guard !features.contains(where: { $0.name == feature.name }) else {
                throw .invalid(path: "\(path)[\(index)].name", reason: "there are two features '\(feature.name)'")
            }
            features.append(feature)
        }
        self.features = features
    }

    /// The specification as `init(json:at:)` reads it.
    public var json: JSONValue {
        .array(features.map(\.json))
    }
}
