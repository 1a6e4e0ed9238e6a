import BatchFormat
import Warehouse

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
