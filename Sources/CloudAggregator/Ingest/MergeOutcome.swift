import Warehouse

/// What became of one batch of a group.
struct MergeOutcome: Hashable, Sendable {
    /// What became of it.
    let result: MergeReport.Outcome
    /// The commit that holds it, or a later one.
    let watermark: Int64
}
