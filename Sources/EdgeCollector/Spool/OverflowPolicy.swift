/// What happens to a stream while the spool is at its quota.
public enum OverflowPolicy: String, Hashable, Sendable, CaseIterable {
    /// Its source is closed until a tenth of the quota is free again; what was missed is then asked for, where the source
    /// can tell it.
    case stopReading = "stop-reading"
    /// Its oldest batches that do not travel make room, each declared as a gap. Where it has none, as `dropNewest`.
    case dropOldest = "drop-oldest"
    /// What comes is dropped until a tenth of the quota is free again, and declared as a gap.
    case dropNewest = "drop-newest"
}
