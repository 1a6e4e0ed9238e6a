import BatchFormat
import Cryptography
import Signing

/// Reads a batch twice: as it is, and once length, digest and signature are made right, since no fuzzer finds those.
///
/// What is taken must have as many lines and bytes as its manifest says, however its bytes arrive.
enum BatchProbe {
    private static let limits = BatchLimits(wireBytes: 1 << 20, rawBytes: 4 << 20, ratio: 100, lineBytes: 4096)

    static func run(_ bytes: [UInt8]) {
        do {
            let (envelope, offset) = try SealedHeader.read(bytes)
            let frames = Array(bytes[offset...])
            var manifest = try Manifest(json: envelope.payload)
            (manifest.framesBytes, manifest.framesSHA256) = (Int64(frames.count), SHA256.digest(frames))
            let whole = events(of: frames, pieces: max(1, frames.count), manifest)
            precondition(whole == events(of: frames, pieces: 7, manifest), "the pieces decide what is read")
            if let whole { check(whole, manifest) }
            let key = try PrivateKey(seed: [UInt8](repeating: 7, count: 32))
            let file = try SealedBatch.head(manifest, key: key) + frames
            let opened = try? SealedBatch.open(file, key: key.publicKey, limits: limits)
            precondition(opened?.events == whole, "the file as a whole says something else")
        } catch {
            return
        }
    }

    /// Nil where they are refused.
    private static func events(of frames: [UInt8], pieces: Int, _ manifest: Manifest) -> [UInt8]? {
        do throws(BatchError) {
            let reader = try BatchBodyReader(manifest: manifest, limits: limits)
            var start = 0
            while start < frames.count {
                let end = min(start + pieces, frames.count)
                try reader.append(Array(frames[start..<end]))
                start = end
            }
            return try reader.finish()
        } catch {
            return nil
        }
    }

    private static func check(_ events: [UInt8], _ manifest: Manifest) {
        precondition(events.count == Int(manifest.rawBytes), "not as long as the manifest says")
        precondition(events.count <= limits.rawBytes, "beyond the limit")
        var lines: Int64 = 0
        EventLines(events).forEach { line in
            lines += 1
            precondition(line.count <= limits.lineBytes, "a line beyond the limit")
        }
        precondition(lines == manifest.events, "not as many lines as the manifest says")
    }
}
