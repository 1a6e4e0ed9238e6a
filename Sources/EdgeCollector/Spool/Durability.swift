/// Whether events are on the disk before they travel.
public enum Durability: String, Hashable, Sendable, CaseIterable {
    /// Always: a power cut costs at most the last flush interval.
    case always
    /// Only while the uplink does not work: what the cloud takes at once is hardly ever written. See `HeldBatches` for
    /// what holds and what a kill costs.
    case whenOffline = "when-offline"
}
