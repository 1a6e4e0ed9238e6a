import BatchFormat
import Cryptography
import Signing
import Zstandard

/// A batch that was sealed elsewhere opens, and the same frames are sealed into the same bytes.
struct BatchCheck {
    let material: Material

    func run() throws {
        let key = material.key
        var golden = material.goldenBatch
        let opened = try SealedBatch.open(golden, key: key.publicKey)
        SelfCheck.report("committed batch", "\(opened.manifest.identity), \(opened.manifest.events) events")
        SelfCheck.report("committed batch, events", Hexadecimal.encode(SHA256.digest(opened.events)))

        let frames = golden[(try SealedHeader.read(golden).framesOffset)...]
        let sealed = try SealedBatch.head(opened.manifest, key: key) + frames
        try SelfCheck.require(sealed == golden, "the committed batch is sealed into other bytes")
        SelfCheck.report("committed batch, sealed again", Hexadecimal.encode(SHA256.digest(sealed)))

        golden[golden.count - 1] ^= 1
        do throws(BatchError) {
            _ = try SealedBatch.open(golden, key: key.publicKey)
        } catch {
            return try compression()
        }
        throw CheckFailure(description: "an altered batch opens")
    }

    private func compression() throws {
        for level in [1, 3, 9] {
            let compressor = try FrameCompressor(level: level)
            var frames: [UInt8] = []
            for line in material.lines {
                try line.withUnsafeBytes { try compressor.compress($0, to: &frames) }
                try compressor.flush(to: &frames)
            }
            frames += FrameCompressor.terminator
            let unpacked = try FrameDecompressor.decompress(frames, limit: material.recording.count)
            SelfCheck.report("messages, packed at level \(level)", Hexadecimal.encode(SHA256.digest(unpacked)))
        }
    }
}
