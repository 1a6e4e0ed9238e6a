/// What a group that is merged in one transaction may hold.
struct GroupLimits: Hashable, Sendable {
    /// How many.
    var count: Int
    /// Their bytes in memory, joined and each for itself; a single one may have more.
    var bytes: Int
}
