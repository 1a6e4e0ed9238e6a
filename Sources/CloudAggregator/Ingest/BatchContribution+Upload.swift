import BatchFormat
import StreamDefinition
import Warehouse

extension BatchContribution {
    /// What a verified batch adds to the warehouse. A line that is no message of the stream is counted, nothing more.
    init(
        manifest: Manifest, events: [UInt8], plan: StreamPlan, head: UploadHead, rawKey: String,
        receivedMilliseconds: Int64
    ) throws {
        var builder = DeltaBuilder(plan: plan)
        let malformed = try builder.add(lines: events)
        let entry = LedgerEntry(
            manifest, malformed: malformed, rawKey: rawKey, receivedMilliseconds: receivedMilliseconds,
            backlogBatches: head.backlogBatches, backlogBytes: head.backlogBytes)
        self.init(entry: entry, delta: builder.finish())
    }
}
