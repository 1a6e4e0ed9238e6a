/// The values of one event, laid out for the extractor: the meeting point of parsed events and of warehouse rows.
///
/// Whoever fills it keeps alive what texts point to until the extractor is done.
public struct FeatureInputs {
    /// A single value a path of `FeatureLayout.values`, then a list's count a path of `FeatureLayout.counts`.
    public var values: [FeatureValue]
    /// A list each of `FeatureLayout.lists`: element after element, each as many values as the list has columns.
    public var lists: [[FeatureValue]]

    /// Inputs in which everything is missing.
    public init(layout: FeatureLayout) {
        values = Array(repeating: .missing, count: layout.values.count + layout.counts.count)
        lists = Array(repeating: [], count: layout.lists.count)
    }
}
