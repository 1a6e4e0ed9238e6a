/// What is merged together. Its members are joined one by one as they come; the merge then has them all.
protocol MergeableGroup: Sendable {
    associatedtype Member: Sendable

    init()

    /// Joins a member to those that came before.
    mutating func add(_ member: Member)

    /// Sorts what came since the last time: called when no member waits to be joined.
    mutating func sort()
}
