import BatchFormat
import Cryptography
import ObjectStore

/// Where a batch lies in the raw store: `raw/{stream}/dt={date}/{device}/{epoch}/{sequence}.batch`.
public struct RawKey: Hashable, Sendable, CustomStringConvertible {
    /// What all keys of batches that may be merged begin with.
    public static let folder = "raw/"
    /// What all keys of batches begin with that were set aside.
    public static let quarantineFolder = "quarantine/"

    /// The stream's name.
    public let stream: String
    /// The day (UTC) of the sealing: `2015-03-08`.
    public let date: String
    /// The batch's identity.
    public let identity: BatchIdentity

    /// The place of the batch that `manifest` describes.
    public init(_ manifest: Manifest) {
        stream = manifest.stream
        date = CalendarDate(milliseconds: manifest.sealedAtMilliseconds).description
        identity = manifest.identity
    }

    /// Takes a key apart; nil where it is none of a batch.
    public init?(_ key: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == Self.folder.dropLast(), parts[2].hasPrefix("dt="),
            let epoch = Int64(parts[4]), parts[5].hasSuffix(".batch"), let sequence = Int64(parts[5].dropLast(6))
        else { return nil }
        stream = String(parts[1])
        date = String(parts[2].dropFirst(3))
        identity = BatchIdentity(device: String(parts[3]), epoch: epoch, sequence: sequence)
        guard description == key else { return nil }
    }

    /// The key.
    public var description: String {
        "\(Self.folder)\(stream)/dt=\(date)/\(identity.device)/\(identity.epoch)/\(identity.sequence).batch"
    }

    /// The key of a batch that is merged.
    public static func batch(_ manifest: Manifest) -> String {
        RawKey(manifest).description
    }

    /// The key of a second batch of the same identity but other content, set aside for a person to look at.
    ///
    /// - Parameter digest: SHA-256 of its manifest.
    public static func quarantined(_ identity: BatchIdentity, _ digest: [UInt8]) -> String {
        let name = "\(identity.sequence)-\(Hexadecimal.encode(digest.prefix(8))).batch"
        return "\(quarantineFolder)\(identity.device)/\(identity.epoch)/\(name)"
    }
}
