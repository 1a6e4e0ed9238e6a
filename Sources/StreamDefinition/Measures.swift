import JSON
import Scoring

/// What is counted for each revision as it comes in.
///
///     {"split": {"path": "answer"}, "regions": {"path": "shop.country"},
///      "categories": {"each": "shop.goods", "path": "@.key", "label": "@.name"}}
///
/// Each may be left out. A message without a value at the path is not counted there.
public struct Measures: Hashable, Sendable {
    /// A value to count by.
    public struct Measure: Hashable, Sendable {
        /// The array or map whose elements are counted one by one.
        public let each: JSONPath?
        /// Where the value stands.
        public let path: ValuePath
        /// Where a name for people stands.
        public let label: ValuePath?
    }

    /// The few values that split the stream.
    public let split: Measure?
    /// The regions of the world, as ISO 3166 country codes.
    public let regions: Measure?
    /// What the messages are about.
    public let categories: Measure?
}

/// What is learnt: a label and the features it is predicted from, in the words of the Scoring module.
///
///     {"label": {...}, "baseline": "shop.id", "learner": {"alpha": 0.3}, "features": [...]}
///
/// `baseline` and `learner` may be left out.
public struct LearningPlan: Sendable {
    /// What is to be predicted.
    public let label: LabelSpecification
    /// What it is predicted from.
    public let features: FeatureSpecification
    /// The group whose own rate of positive labels the model is compared with.
    public let baseline: JSONPath?
    /// How the weights are learnt.
    public let learner: LearnerSettings
}
