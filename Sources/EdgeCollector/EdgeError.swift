import SQLite

/// Why the edge cannot do what it was told to.
public enum EdgeError: Error, CustomStringConvertible {
    /// A call of the operating system failed: what was tried, on which path, and the system's words.
    case system(action: String, path: String, reason: String)
    /// A file of the state directory cannot be understood.
    case malformedFile(path: String, reason: String)
    /// Another process runs on this state directory.
    case alreadyRunning(path: String)
    /// The device has not joined a fleet yet.
    case notEnrolled(state: String)
    /// An enrolment token is not of the form that `device invite` prints.
    case malformedToken
    /// The cloud did not grant the enrolment: its words.
    case enrolmentRefused(String)
    /// The cloud could not be reached: the reason.
    case unreachable(String)
    /// The spool is sound, but its disk does not let it be used: the path and SQLite's words.
    case unusableSpool(path: String, reason: String)
    /// The spool's database is damaged: what was found.
    case damagedSpool(String)
    /// A stream's definition does not fit the configuration.
    case unsuitableStream(name: String, reason: String)
    /// A running edge cannot take this configuration over.
    case notReloadable(reason: String)
    /// The configuration has no event feed.
    case noFeed
    /// The edge has ended, or has closed its event feed.
    case feedClosed(path: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .system(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
        case .malformedFile(let path, let reason): "\(path) is not readable: \(reason)"
        case .alreadyRunning(let path): "another waystation-edge runs on the state directory \(path)"
        case .notEnrolled(let state):
            "this device is not enrolled (no \(state)); run 'waystation-edge enroll --token TOKEN' first"
        case .malformedToken: "the token is not of the form TOKEN.PIN that 'waystation-cloud device invite' prints"
        case .enrolmentRefused(let reason): "the cloud does not take this device: \(reason)"
        case .unreachable(let reason): "the cloud cannot be reached: \(reason)"
        case .unusableSpool(let path, let reason):
            "the spool \(path) cannot be used: \(reason); look whether its disk is full, read-only or failing"
        case .damagedSpool(let reason): "the spool is damaged: \(reason)"
        case .unsuitableStream(let name, let reason): "stream '\(name)' cannot be collected: \(reason)"
        case .notReloadable(let reason): "the new configuration needs a restart: \(reason)"
        case .noFeed: "the configuration has no [local] socket to read events from"
        case .feedClosed(let path): "the edge has closed \(path)"
        }
    }
}

extension Error {
    /// Whether it says that the spool's file is damaged.
    var isDamage: Bool {
        switch self {
        case let error as EdgeError: if case .damagedSpool = error { true } else { false }
        case let error as SQLiteError: error.isCorrupt
        default: false
        }
    }
}
