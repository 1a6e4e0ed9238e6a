import JSON
import Scoring

/// The new model and the one that is out, over the same recent examples.
///
/// The new model's probabilities are progressive: each was given before the example was learnt. Recent are the
/// examples newer than all that the published model has learnt, so that it has not seen them either; where they are
/// too few, the last fifth, of which it may have learnt some, to its advantage.
public struct ModelComparison: Hashable, Sendable, CustomStringConvertible {
    /// The version of the model that is out.
    public let publishedVersion: Int64
    /// The examples compared over.
    public let examples: Int64
    /// Whether all of them are newer than what the published model has learnt.
    public let isUnseen: Bool
    /// The new model's progressive log loss.
    public let candidateLogLoss: Double
    /// The published model's log loss.
    public let publishedLogLoss: Double

    /// The comparison in words.
    public var description: String {
        "log loss \(TrainingReport.figure(candidateLogLoss)), version \(publishedVersion) has "
            + "\(TrainingReport.figure(publishedLogLoss)), over \(examples) "
            + (isUnseen ? "examples new to it" : "examples, the last fifth")
    }

    /// The comparison as JSON.
    public var json: JSONValue {
        [
            "published_version": .integer(publishedVersion),
            "examples": .integer(examples),
            "unseen": .boolean(isUnseen),
            "candidate_log_loss": .number(candidateLogLoss),
            "published_log_loss": .number(publishedLogLoss),
        ]
    }
}

/// The rule by which models go out: only one that beats what is out there.
public enum Publication {
    /// Whether a model may go out, and if not, why.
    public enum Verdict: Hashable, Sendable, CustomStringConvertible {
        /// It may.
        case publish
        /// Always saying the share of positives is as good.
        case noBetterThanBaseRate
        /// It foretells shuffled labels, so its figures cannot be believed.
        case controlFailed
        /// The model that is out is as good.
        case noBetterThanPublished(version: Int64)

        /// The verdict in words.
        public var description: String {
            switch self {
            case .publish: "better than what is out: it may be published"
            case .noBetterThanBaseRate: "no better than the base rate: not to be published"
            case .controlFailed: "it foretells shuffled labels: not to be published"
            case .noBetterThanPublished(let version): "no better than version \(version): not to be published"
            }
        }
    }

    /// Judges a training.
    public static func verdict(on report: TrainingReport) -> Verdict {
        guard report.isControlPassed else { return .controlFailed }
        guard report.metrics.logLoss < report.metrics.baseRateLogLoss else { return .noBetterThanBaseRate }
        if let comparison = report.comparison, comparison.candidateLogLoss >= comparison.publishedLogLoss {
            return .noBetterThanPublished(version: comparison.publishedVersion)
        }
        return .publish
    }
}
