import FleetProtocol
import JSON

/// What the cloud knows of one device: what it was told at enrolment and what the device's newest manifest says.
public struct EdgeStatus: Hashable, Sendable {
    /// The device's identifier.
    public var device: String
    /// Its label.
    public var name: String
    /// Whether it may upload.
    public var state: DeviceState
    /// When it was last heard of, in milliseconds since 1970.
    public var lastContactMilliseconds: Int64?
    /// What its newest batch says, nil before the first.
    public var report: Report?
    /// The gaps that all its batches declare.
    public var gaps: Int64
    /// What an operator should look at: `conflict`, `chain`.
    public var flags: [String]

    /// What a device says of itself in a manifest.
    public struct Report: Hashable, Sendable {
        /// The batches that still waited behind the newest one.
        public var backlogBatches: Int64
        /// Their bytes.
        public var backlogBytes: Int64
        /// The epoch of the newest batch.
        public var epoch: Int64
        /// Its sequence in that epoch.
        public var sequence: Int64
        /// The state of the device's clock.
        public var clock: String
        /// The model that scored the batch's events.
        public var modelVersion: Int64?
        /// The mean log loss of those scores.
        public var logLoss: Double?
    }

    var json: JSONValue {
        [
            "device": .string(device),
            "name": .string(name),
            "state": .string(state.rawValue),
            "last_contact_ms": JSONValue(lastContactMilliseconds),
            "backlog_batches": JSONValue(report?.backlogBatches),
            "backlog_bytes": JSONValue(report?.backlogBytes),
            "epoch": JSONValue(report?.epoch),
            "sequence": JSONValue(report?.sequence),
            "model_version": JSONValue(report?.modelVersion),
            "log_loss": report?.logLoss.map { .number($0) } ?? .null,
            "clock": JSONValue(report?.clock),
            "gaps": .integer(gaps),
            "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension JSONValue {
    /// The text, or null.
    init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// The integer, or null.
    init(_ integer: Int64?) {
        self = integer.map { .integer($0) } ?? .null
    }
}
