import Scoring

/// Why no model can be learnt from a warehouse.
public enum LearningError: Error, Equatable, CustomStringConvertible {
    /// The stream file declares nothing to learn.
    case nothingDeclared(stream: String)
    /// The stream file has no table that keeps revisions, so there is no history to learn from.
    case noHistory(stream: String)
    /// A path of the features or the label has no column in the tables that the history leads to.
    case noColumn(path: String)
    /// There are not enough examples with a label.
    case tooFewExamples(found: Int64, needed: Int64)
    /// All examples have the same label.
    case oneLabelOnly(examples: Int64)
    /// Fewer examples than needed are small enough to become golden vectors.
    case tooFewGoldenVectors(found: Int, needed: Int)
    /// An event made from a row does not give what the row gives: the two ways to the features differ.
    case inconsistent(row: Double, event: Double)
    /// The model cannot be made.
    case scoring(ScoringError)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .nothingDeclared(let stream): "the stream file of '\(stream)' declares nothing to learn"
        case .noHistory(let stream):
            "'\(stream)' has no table that keeps revisions, so there is no history to learn from"
        case .noColumn(let path): "no column that the history leads to holds '\(path)'"
        case .tooFewExamples(let found, let needed):
            "there are \(found) examples with a label, at least \(needed) are needed"
        case .oneLabelOnly(let examples): "all \(examples) examples have the same label"
        case .tooFewGoldenVectors(let found, let needed):
            "only \(found) examples are small enough for golden vectors, \(needed) are needed"
        case .inconsistent(let row, let event):
            "a row gives \(row), the event made from it \(event): the model would not do on an edge what it does here"
        case .scoring(let error): "the model cannot be made: \(error)"
        }
    }
}
