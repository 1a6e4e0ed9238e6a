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
        var builder = DeltaBuilder(plan: plan)
        let malformed = try builder.add(lines: events)
        let entry = LedgerEntry(
            manifest, malformed: malformed, rawKey: rawKey, receivedMilliseconds: receivedMilliseconds,
            backlogBatches: head.backlogBatches, backlogBytes: head.backlogBytes)
        self.init(entry: entry, delta: builder.finish())
    }
}

extension LedgerEntry {
    /// The entry of a batch with that manifest.
    init(
        _ manifest: Manifest, malformed: Int64, rawKey: String, receivedMilliseconds: Int64, backlogBatches: Int64 = 0,
        backlogBytes: Int64 = 0
    ) {
        self.init(
            device: manifest.identity.device, epoch: manifest.identity.epoch, sequence: manifest.identity.sequence,
            stream: manifest.stream, manifestSHA256: manifest.sha256, manifest: manifest.json, events: manifest.events,
            malformed: malformed, receivedMilliseconds: receivedMilliseconds, rawKey: rawKey,
            backlogBatches: backlogBatches, backlogBytes: backlogBytes)
    }
}

extension DeltaBuilder {
    /// Adds a batch's messages.
    /// - Returns: the number of lines that are no message of the stream.
    mutating func add(lines events: [UInt8]) throws -> Int64 {
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        var malformed: Int64 = 0
        try EventLines(events).forEach { line in
            do {
                try parser.parse(line) { try add($0) }
            } catch JSONError.malformed {
                malformed += 1
            } catch is MappingError {
                malformed += 1
            }
        }
        return malformed
    }
}
