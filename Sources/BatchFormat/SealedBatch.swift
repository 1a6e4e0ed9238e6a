import Cryptography
import Signing

/// The batch file: sealed once on the edge, byte for byte the same on the wire, in the raw store and on a USB stick.
///
///     head     a zstd skippable frame with a DSSE envelope, see `SealedHeader`: payload type
///              application/vnd.waystation.batch+json, payload the manifest, one Ed25519 signature by the device
///     frames   one or more zstd frames (RFC 8878): the events as they came off the wire, each ended by a line feed
///
/// A batch is valid when the signature is, and length, SHA-256, unpacked length and count of lines are what the manifest
/// says. `zstd -d FILE` prints the events.
public enum SealedBatch {
    /// The head of the file for `manifest`, to be followed by the frames it describes.
    public static func head(_ manifest: Manifest, key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        let envelope = try Envelope(payloadType: Manifest.mediaType, payload: manifest.json, key: key)
        return SealedHeader.bytes(for: envelope)
    }

    /// The manifest in `envelope`, once its signature by the device's `key` is found right.
    public static func manifest(in envelope: Envelope, key: PublicKey) throws(BatchError) -> Manifest {
        let payload: [UInt8]
        do throws(SigningError) {
            payload = try envelope.verifiedPayload(type: Manifest.mediaType, key: key)
        } catch {
            throw .signing(error)
        }
        return try Manifest(json: payload)
    }

    /// Checks a whole file and returns its manifest and its events, each ended by a line feed.
    public static func open(
        _ file: [UInt8], key: PublicKey, limits: BatchLimits = BatchLimits()
    ) throws(BatchError) -> (manifest: Manifest, events: [UInt8]) {
        guard file.count <= limits.wireBytes else { throw .tooLarge("\(file.count) bytes") }
        let head: (envelope: Envelope, framesOffset: Int)
        do throws(SigningError) {
            head = try SealedHeader.read(file)
        } catch {
            throw .signing(error)
        }
        let manifest = try manifest(in: head.envelope, key: key)
        let reader = try BatchBodyReader(manifest: manifest, limits: limits)
        try reader.append(Array(file[head.framesOffset...]))
        return (manifest, try reader.finish())
    }
}
