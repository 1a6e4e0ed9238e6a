import Cryptography
import Zstandard

/// Takes the frames of a batch as they arrive, unpacks them under the limits and holds them against the manifest.
public final class BatchBodyReader {
    private let manifest: Manifest
    private let limits: BatchLimits
    private let hash = SHA256()
    private let decompressor: FrameDecompressor
    private var framesBytes: Int64 = 0
    private var events: [UInt8] = []

    /// A reader of the frames that `manifest` describes. Throws where it announces more than the limits allow.
    public init(manifest: Manifest, limits: BatchLimits) throws(BatchError) {
        try Self.check(manifest, limits: limits)
        self.manifest = manifest
        self.limits = limits
        do throws(ZstandardError) {
            decompressor = try FrameDecompressor(limit: Int(manifest.rawBytes))
        } catch {
            throw .malformed("\(error)")
        }
        events.reserveCapacity(Int(manifest.rawBytes))
    }

    /// Throws where a manifest announces more than the limits allow.
    public static func check(_ manifest: Manifest, limits: BatchLimits) throws(BatchError) {
        let allowed = limits.rawBytes(forFrames: manifest.framesBytes)
        guard manifest.framesBytes <= limits.wireBytes else {
            throw .tooLarge("\(manifest.framesBytes) bytes of frames, at most \(limits.wireBytes) are allowed")
        }
        guard manifest.rawBytes <= allowed else {
            throw .tooLarge("\(manifest.rawBytes) bytes unpacked, at most \(allowed) are allowed")
        }
    }

    /// Takes the next bytes of the frames.
    public func append(_ bytes: [UInt8]) throws(BatchError) {
        framesBytes += Int64(bytes.count)
        guard framesBytes <= manifest.framesBytes else {
            throw .mismatch("more than \(manifest.framesBytes) bytes of frames")
        }
        hash.update(bytes)
        do throws(ZstandardError) {
            try decompressor.decompress(bytes, to: &events)
        } catch .tooLarge(let limit) {
            throw .mismatch("it unpacks to more than \(limit) bytes")
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// The events, each ended by a line feed, once all is found to be as the manifest says.
    public func finish() throws(BatchError) -> [UInt8] {
        guard framesBytes == manifest.framesBytes else {
            throw .mismatch("\(framesBytes) bytes of frames, not \(manifest.framesBytes)")
        }
        guard hash.digest() == manifest.framesSHA256 else { throw .mismatch("the SHA-256 of the frames") }
        do throws(ZstandardError) {
            try decompressor.finish()
        } catch {
            throw .malformed("\(error)")
        }
        guard events.count == Int(manifest.rawBytes) else {
            throw .mismatch("\(events.count) bytes unpacked, not \(manifest.rawBytes)")
        }
        try checkLines()
        return events
    }

    private func checkLines() throws(BatchError) {
        var lines: Int64 = 0
        var longest = 0
        EventLines(events).forEach { line in
            lines += 1
            longest = max(longest, line.count)
        }
        guard events.last == nil || events.last == EventLines.lineFeed else {
            throw .mismatch("the last event has no line feed")
        }
        guard lines == manifest.events else { throw .mismatch("\(lines) events, not \(manifest.events)") }
        guard longest <= limits.lineBytes else {
            throw .tooLarge("an event of \(longest) bytes, at most \(limits.lineBytes) are allowed")
        }
    }
}
