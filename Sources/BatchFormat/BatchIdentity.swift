/// The name of a batch, unique for ever: which device sealed it, under which epoch, as which of that epoch's batches.
public struct BatchIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The device's identifier.
    public let device: String
    /// The epoch the server issued, 1 or more.
    public let epoch: Int64
    /// The place within the epoch: 1, 2, 3, and so on without a hole.
    public let sequence: Int64

    /// The name of a batch.
    public init(device: String, epoch: Int64, sequence: Int64) {
        self.device = device
        self.epoch = epoch
        self.sequence = sequence
    }

    /// `device/epoch/sequence`.
    public var description: String { "\(device)/\(epoch)/\(sequence)" }
}
