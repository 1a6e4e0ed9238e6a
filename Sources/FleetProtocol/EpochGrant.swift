import JSON

/// The epoch a device seals its next batches under.
public struct EpochGrant: Hashable, Sendable {
    /// Greater than any epoch the device had before, 1 or more.
    public var epoch: Int64

    /// A grant.
    public init(epoch: Int64) {
        self.epoch = epoch
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(JSONError) {
        epoch = try JSONValue(parsing: bytes).requiredInteger("epoch")
        guard epoch >= 1 else { throw .mismatch(path: "epoch", wanted: "1 or more") }
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = ["epoch": .integer(epoch)]
        return value.bytes
    }
}
