/// How many gaps the manifests of each device declare, as far as the ledger was read.
public struct GapTally: Sendable {
    /// The gaps by device; devices without one are not in it.
    public private(set) var byDevice: [String: Int64] = [:]
    /// The number of the last entry that was looked at.
    private(set) var lastEntry: Int64 = 0

    /// A tally of nothing read yet.
    public init() {}

    /// Notes what the entry of that number declares; numbers ascend.
    mutating func note(entry: Int64, device: String, gaps: Int64) {
        precondition(entry > lastEntry, "entries are noted in their order")
        lastEntry = entry
        if gaps > 0 { byDevice[device, default: 0] += gaps }
    }
}
