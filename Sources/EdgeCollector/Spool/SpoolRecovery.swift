/// What the spool found at the start and what it did about it.
public enum SpoolRecovery: Sendable, CustomStringConvertible {
    /// A batch was cut off and is complete now.
    case completed(stream: String, events: Int64)
    /// A batch could not be completed; its events are declared missing.
    case lost(stream: String, events: Int64, reason: String)
    /// The whole file was damaged and is kept under another name. What is readable in it is brought over from now on.
    case movedAside(path: String, reason: String)
    /// The end of the log was damaged: the last transactions are gone.
    case cutShort
    /// That is done: so many batches of it were saved, and so many could not be.
    case salvaged(file: String, saved: Int, lost: Int)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .completed(let stream, let events):
            "the last run left an open batch of stream '\(stream)'; it is complete with \(events) events"
        case .lost(let stream, let events, let reason):
            "a batch of stream '\(stream)' with \(events) events is lost: \(reason)"
        case .movedAside(let path, let reason):
            "the spool was damaged (\(reason)) and is kept as \(path); what can be read in it is brought over"
        case .cutShort: "its log was damaged; the last seconds of the last run are lost, and a new epoch is begun"
        case .salvaged(let file, let saved, let lost):
            "of the damaged \(file) \(saved) batches were saved, \(lost) could not be"
        }
    }
}
