import JSON

/// How fast and how cautiously the weights move: the four numbers of FTRL-proximal (McMahan et al., "Ad Click
/// Prediction: a View from the Trenches", KDD 2013, algorithm 1).
///
///     {"alpha": 0.3, "beta": 1, "l1": 1, "l2": 1}
///
/// Each may be left out.
public struct LearnerSettings: Hashable, Sendable {
    /// The learning rate of a slot is alpha / (beta + the root of the sum of its squared gradients).
    public var alpha = 0.3
    /// See `alpha`.
    public var beta = 1.0
    /// How strong the evidence for a weight must be before it leaves 0.
    public var l1 = 1.0
    /// How strongly weights are drawn to 0.
    public var l2 = 1.0

    /// The settings that do well on small histories.
    public init() {}

    /// Reads the settings that stand at `path` of the stream file.
    public init(json: JSONValue, at path: String = "learner") throws(ScoringError) {
        guard let members = json.object else { throw .invalid(path: path, reason: "the settings are an object") }
        for member in members {
            guard let value = member.value.number, value >= 0, value <= 1000 else {
                throw .invalid(path: "\(path).\(member.name)", reason: "a number from 0 to 1000")
            }
            switch member.name {
            case "alpha" where value > 0: alpha = value
            case "alpha": throw .invalid(path: "\(path).alpha", reason: "a learning rate is more than 0")
            case "beta": beta = value
            case "l1": l1 = value
            case "l2": l2 = value
            default:
                throw .invalid(path: "\(path).\(member.name)", reason: "unknown; known are alpha, beta, l1, l2")
            }
        }
    }
}
