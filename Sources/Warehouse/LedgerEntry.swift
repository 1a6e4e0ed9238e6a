/// What the ledger keeps of a batch: who sent it, what it says of itself, when and how it came.
public struct LedgerEntry: Hashable, Sendable {
    /// The device that sealed it.
    public var device: String
    /// The device's epoch.
    public var epoch: Int64
    /// The batch's number in the epoch.
    public var sequence: Int64
    /// The stream its events are of.
    public var stream: String
    /// The SHA-256 of the manifest.
    public var manifestSHA256: [UInt8]
    /// The manifest, JSON.
    public var manifest: [UInt8]
    /// The events in it, malformed ones included.
    public var events: Int64
    /// The events that could not be merged.
    public var malformed: Int64
    /// When it was received, in milliseconds since 1970.
    public var receivedMilliseconds: Int64
    /// Where the raw bytes are kept.
    public var rawKey: String
    /// The batches that still waited on the device.
    public var backlogBatches: Int64
    /// The bytes that still waited on the device.
    public var backlogBytes: Int64

    /// An entry of those parts.
    public init(
        device: String, epoch: Int64, sequence: Int64, stream: String, manifestSHA256: [UInt8], manifest: [UInt8],
        events: Int64, malformed: Int64, receivedMilliseconds: Int64, rawKey: String, backlogBatches: Int64 = 0,
        backlogBytes: Int64 = 0
    ) {
        (self.device, self.epoch, self.sequence, self.stream) = (device, epoch, sequence, stream)
        (self.manifestSHA256, self.manifest) = (manifestSHA256, manifest)
        (self.events, self.malformed) = (events, malformed)
        (self.receivedMilliseconds, self.rawKey) = (receivedMilliseconds, rawKey)
        (self.backlogBatches, self.backlogBytes) = (backlogBatches, backlogBytes)
    }
}

/// A batch to merge: what the ledger is to keep of it, and what its messages change.
public struct BatchContribution: Sendable {
    /// What the ledger keeps.
    public var entry: LedgerEntry
    /// What it keeps of further batches whose messages are in the same delta. Where there are any, none of these batches may
    /// have been merged before, since their messages cannot be told apart any more.
    public var others: [LedgerEntry]
    /// What the messages change.
    public var delta: MergeDelta

    /// What the ledger keeps of all of them.
    public var entries: [LedgerEntry] { [entry] + others }

    /// A batch of those parts, folded together with others.
    public init(entry: LedgerEntry, others: [LedgerEntry] = [], delta: MergeDelta) {
        (self.entry, self.others, self.delta) = (entry, others, delta)
    }
}

/// What became of batches that were merged together.
public struct MergeReport: Sendable {
    /// What became of one batch.
    public enum Outcome: String, Hashable, Sendable {
        /// It is in the warehouse now.
        case merged
        /// The same batch was merged before.
        case duplicate
        /// Another batch of the same identity was merged before; this one was not.
        case conflict
    }

    /// For each batch, in the order given.
    public let outcomes: [Outcome]
    /// The number of the last commit that merged something; it covers all that was merged.
    public let watermark: Int64
}
