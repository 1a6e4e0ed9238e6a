extension Spool {
    /// The bytes of events that no flush has seen yet.
    package var unwrittenBytes: Int { open.values.reduce(0) { $0 + $1.unwrittenBytes } }

    /// Whether the source of that stream could go on from what is on the disk.
    package func hasStoredEvents(of stream: String) -> Bool { batch(of: stream).storedResume != nil }

    /// Whether nothing is left that the cloud has not confirmed: no event, no batch, no gap.
    package func isEmpty() throws -> Bool {
        guard backlog.batches == 0, open.values.allSatisfy({ $0.counts.events == 0 && !$0.isUnwritten }) else {
            return false
        }
        return try database.statement("SELECT count(*) FROM gaps WHERE batch IS NULL").firstRow()?[0].integer == 0
    }
}
