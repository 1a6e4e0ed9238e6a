import BatchFormat
import StreamDefinition
import Synchronization
import Warehouse

/// The raw batches that one thread reads, verifies and folds.
final class RawShare {
    private let reader: RawBatchReader
    private let streams: Set<String>
    private let folder: MessageFolder
    private let tally: RawTally

    init(
        _ reader: RawBatchReader, _ plans: [StreamPlan], in folder: String, limits: FoldLimits,
        forgotten: [String: ForgottenSubjects], _ tally: RawTally
    ) {
        (self.reader, self.tally) = (reader, tally)
        streams = Set(plans.map(\.name))
        self.folder = MessageFolder(plans, in: folder, limits: limits, forgotten: forgotten)
    }

    /// Folds a batch; false where it cannot be taken. Throws what is not the batch's fault.
    func add(_ item: RawFold.Item) throws -> Bool {
        switch try reader.read(item.key) {
        case .gone: return true
        case .flawed(let reason, _):
            tally.refuse(item, reason)
            return false
        case .good(let batch):
            let stream = batch.manifest.stream
            guard streams.contains(stream) else {
                tally.refuse(item, "no stream file declares '\(stream)'")
                return false
            }
            try folder.add(stream: stream) { add in _ = try BatchMessages.forEach(in: batch.events, add) }
            tally.note(events: batch.manifest.events)
            return true
        }
    }

    /// Folds, of batches that share an identity, the first that can be taken, where none was before.
    func add(repeated: (open: [RawFold.Item], settled: [RawFold.Item])) throws {
        var taken: Set<BatchIdentity> = []
        var settled = repeated.settled
        for item in repeated.open {
            if taken.contains(item.key.identity) {
                settled.append(item)
            } else if try add(item) {
                taken.insert(item.key.identity)
            }
        }
        for item in settled { tally.refuse(item, "another batch of this identity lies under another day or stream") }
    }

    /// All that was folded.
    func finish() throws -> FoldedMessages {
        try folder.finish()
    }
}

/// Counts what several threads fold, and says what they refuse.
final class RawTally: Sendable {
    private let sum: Mutex<RawLakeJob.Summary>
    private let progress: @Sendable (RawLakeJob.Summary) -> Void
    private let complain: @Sendable (String, String) -> Void

    init(
        _ start: RawLakeJob.Summary, _ progress: @escaping @Sendable (RawLakeJob.Summary) -> Void,
        _ complain: @escaping @Sendable (String, String) -> Void
    ) {
        sum = Mutex(start)
        (self.progress, self.complain) = (progress, complain)
    }

    var summary: RawLakeJob.Summary { sum.withLock { $0 } }

    func note(events: Int64) {
        sum.withLock { sum in
            sum.batches += 1
            sum.events += events
            progress(sum)
        }
    }

    func refuse(_ item: RawFold.Item, _ reason: String) {
        sum.withLock { sum in
            sum.refused += 1
            complain(item.key.description, reason)
        }
    }
}
