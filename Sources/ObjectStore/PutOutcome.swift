/// What became of a put.
public enum PutOutcome: Sendable {
    /// The object is kept.
    case stored
    /// One was there and was left as it is.
    case exists
}
