import Cryptography

/// Who seals the batches: what stands in each manifest, and the key that signs it.
public struct SpoolIdentity: Sendable {
    /// The device's identifier.
    public let device: String
    /// The fleet it belongs to.
    public let fleet: String
    /// The device's key.
    public let key: PrivateKey
    /// The machine's boot identifier.
    public let boot: String

    /// A device and its key.
    public init(device: String, fleet: String, key: PrivateKey, boot: String) {
        self.device = device
        self.fleet = fleet
        self.key = key
        self.boot = boot
    }
}
