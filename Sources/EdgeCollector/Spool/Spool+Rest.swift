extension Spool {
    /// The bytes of events that no flush has seen yet.
    package var unwrittenBytes: Int { open.values.reduce(0) { $0 + $1.unwrittenBytes } }

    /// Whether the source of that stream could go on from what is on the disk.
    package func hasStoredEvents(of stream: String) -> Bool { batch(of: stream).storedResume != nil }

    /// Whether no event and no batch waits for the cloud.
    package var isEmpty: Bool {
        backlog.batches == 0 && open.values.allSatisfy { $0.counts.events == 0 }
    }

    /// Whether a gap waits for the next manifest.
    package func hasUndeclaredGaps() throws -> Bool {
        if open.values.contains(where: { !$0.gaps.isEmpty }) { return true }
        return try database.statement("SELECT count(*) FROM gaps WHERE batch IS NULL").firstRow()?[0].integer != 0
    }
}
