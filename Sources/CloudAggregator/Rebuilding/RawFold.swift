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
                var fold = folds.removeValue(forKey: stream) ?? (DeltaBuilder(plan: plan, knowsObjects: true), [])
                let malformed = try fold.builder.add(lines: batch.events)
                let entry = LedgerEntry(
                    batch.manifest, malformed: malformed, rawKey: item.info.key,
                    receivedMilliseconds: item.info.modifiedMilliseconds)
                fold.entries.append(entry)
                folds[stream] = fold
            }
        }
        for stream in Array(folds.keys) {
            guard var fold = folds.removeValue(forKey: stream) else { continue }
            output.contributions.append(
                BatchContribution(
                    entry: fold.entries[0], others: Array(fold.entries.dropFirst()), delta: fold.builder.finish()))
        }
        return output
    }
}
