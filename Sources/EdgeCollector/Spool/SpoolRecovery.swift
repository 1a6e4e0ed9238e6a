/// What the spool found at the start and what it did about it.
public enum SpoolRecovery: Sendable, CustomStringConvertible {
    /// A batch was cut off and is complete now.
    case completed(stream: String, events: Int64)
    /// A batch could not be completed; its events are declared missing.
    case lost(stream: String, events: Int64, reason: String)
    /// The whole file was damaged and is kept under another name; so many batches of it were saved.
    case movedAside(path: String, reason: String, salvaged: Int)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .completed(let stream, let events):
            "the last run left an open batch of stream '\(stream)'; it is complete with \(events) events"
        case .lost(let stream, let events, let reason):
            "a batch of stream '\(stream)' with \(events) events is lost: \(reason)"
        case .movedAside(let path, let reason, let salvaged):
            "the spool was damaged (\(reason)) and is kept as \(path); \(salvaged) batches of it were saved"
        }
    }
}
