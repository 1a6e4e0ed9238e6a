/// A model of a stream: trained, and perhaps published.
public struct FleetModel: Hashable, Sendable {
    /// The stream whose events it scores.
    public var stream: String
    /// Its version, 1 or more.
    public var version: Int64
    /// When it was trained, in milliseconds since 1970.
    public var trainedMilliseconds: Int64
    /// When it was published, nil for a candidate.
    public var publishedMilliseconds: Int64?
    /// The commit of the warehouse it was trained up to.
    public var watermark: Int64
    /// The events it was trained on.
    public var events: Int64
    /// The mean log loss when each event was predicted before it was learned from.
    public var progressiveLogLoss: Double
    /// The mean log loss of always predicting the share of positives so far.
    public var baseRateLogLoss: Double
    /// Whether it may go out, judged by its training.
    public var verdict: Verdict
    /// The published version it was held against, 0 where none was.
    public var comparedWith: Int64
    /// The signed manifest, an envelope's JSON; empty for a candidate.
    public var manifest: [UInt8]
    /// The SHA-256 of the manifest's payload; empty for a candidate.
    public var manifestSHA256: [UInt8]

    /// What a training says of its model.
    public enum Verdict: Hashable, Sendable {
        /// It may go out.
        case publish
        /// It may not: why.
        case keep(String)
    }
}
