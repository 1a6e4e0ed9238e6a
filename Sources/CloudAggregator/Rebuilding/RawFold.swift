import ObjectStore
import RawStore
import StreamDefinition
import Warehouse

/// Reads and verifies raw batches, and folds those of a stream together.
///
/// The more batches are folded together, the more of their messages bring what others bring too, and the fewer rows are left
/// to be written.
struct RawFold: Sendable {
    /// A raw batch, as it was listed.
    typealias Item = (key: RawKey, info: ObjectInfo)

    /// What was made of some batches.
    struct Output: Sendable {
        /// One for each stream.
        var contributions: [BatchContribution] = []
        /// The batches that cannot be taken, and why.
        var refused: [(key: RawKey, reason: String)] = []
    }

    private let reader: RawBatchReader
    private let plans: [String: StreamPlan]

    init(_ reader: RawBatchReader, _ plans: [StreamPlan]) {
        self.reader = reader
        self.plans = Dictionary(plans.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// Folds batches that are there; throws what is not a batch's fault.
    func fold(_ items: [Item]) throws -> Output {
        var output = Output()
        var folds: [String: (builder: DeltaBuilder, entries: [LedgerEntry])] = [:]
        for item in items {
            switch try reader.read(item.key) {
            case .gone: continue
            case .flawed(let reason, _): output.refused.append((item.key, reason))
            case .good(let batch):
                let stream = batch.manifest.stream
                guard let plan = plans[stream] else {
                    output.refused.append((item.key, "no stream file declares '\(stream)'"))
                    continue
                }
                let malformed = try folds[stream, default: (DeltaBuilder(plan: plan, knowsObjects: true), [])].builder
                    .add(
                        lines: batch.events)
                let entry = LedgerEntry(
                    batch.manifest, malformed: malformed, rawKey: item.info.key,
                    receivedMilliseconds: item.info.modifiedMilliseconds)
                folds[stream]?.entries.append(entry)
            }
        }
        for stream in folds.keys {
            guard let entries = folds[stream]?.entries, let delta = folds[stream]?.builder.finish() else { continue }
            output.contributions.append(
                BatchContribution(entry: entries[0], others: Array(entries.dropFirst()), delta: delta))
        }
        return output
    }
}
