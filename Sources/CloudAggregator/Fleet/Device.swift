import Cryptography
import FleetProtocol

/// A device of the fleet.
public struct Device: Hashable, Sendable {
    /// The first 16 hexadecimal digits of its key's identifier.
    public var identifier: String
    /// The key it signs with.
    public var key: PublicKey
    /// The label people know it by.
    public var name: String
    /// Whether it may upload.
    public var state: DeviceState
    /// When it enrolled, in milliseconds since 1970.
    public var enrolledMilliseconds: Int64
    /// The greatest epoch it was given, 0 before the first.
    public var epoch: Int64
    /// When it was last heard of, in milliseconds since 1970.
    public var lastContactMilliseconds: Int64?
    /// What an operator should look at.
    public var flags: [DeviceFlag]
}

/// Something about a device that an operator should look at.
public enum DeviceFlag: String, Hashable, Sendable, CaseIterable {
    /// It sent two batches of one identity: a copied card, or a disk put back to an older state.
    case conflict
    /// A batch does not follow the one before it: a missing or altered batch, or a copied card.
    case chain
}
