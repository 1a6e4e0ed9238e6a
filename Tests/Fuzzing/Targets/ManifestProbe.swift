import BatchFormat
import Signing

/// Reads bytes as a manifest and as an envelope. Written out and read again, either must be what it was.
enum ManifestProbe {
    static func run(_ bytes: [UInt8]) {
        if let manifest = try? Manifest(json: bytes) {
            let again = try? Manifest(json: manifest.json)
            precondition(again == manifest, "the manifest is another one once it is written")
        }
        if let envelope = try? Envelope(json: bytes) {
            let again = try? Envelope(json: envelope.json)
            precondition(again == envelope, "the envelope is another one once it is written")
            if let payload = again?.payload { _ = try? Manifest(json: payload) }
        }
    }
}
