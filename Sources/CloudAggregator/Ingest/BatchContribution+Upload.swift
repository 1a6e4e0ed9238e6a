import BatchFormat
import JSON
import StreamDefinition
import Warehouse

extension BatchContribution {
    /// What a verified batch adds to the warehouse. A line that is no message of the stream is counted, nothing more.
    init(
        manifest: Manifest, events: [UInt8], plan: StreamPlan, head: UploadHead, rawKey: String,
        receivedMilliseconds: Int64
    ) throws {
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        var delta = MergeDelta(plan: plan)
        var malformed: Int64 = 0
        try EventLines(events).forEach { line in
            do {
                try parser.parse(line) { try delta.add($0) }
            } catch JSONError.malformed {
                malformed += 1
            } catch is MappingError {
                malformed += 1
            }
        }
        delta.trim()
        let entry = LedgerEntry(
            device: manifest.identity.device, epoch: manifest.identity.epoch, sequence: manifest.identity.sequence,
            stream: manifest.stream, manifestSHA256: manifest.sha256, manifest: manifest.json, events: manifest.events,
            malformed: malformed, receivedMilliseconds: receivedMilliseconds, rawKey: rawKey,
            backlogBatches: head.backlogBatches, backlogBytes: head.backlogBytes)
        self.init(entry: entry, delta: delta)
    }
}
