import BatchFormat
import Cryptography
import Zstandard

/// A small batch with everything in it, the same bytes each time.
struct SampleBatch {
    static let events = Array("{\"n\":1}\nnot json\n{\"n\":\"π\"}\n".utf8)

    let key: PrivateKey
    let frames: [UInt8]
    var manifest: Manifest

    init(events: [UInt8] = SampleBatch.events) throws {
        key = try PrivateKey(seed: Array(0..<32))
        frames = try Self.frames(of: events)
        manifest = Manifest(
            identity: BatchIdentity(device: "0123456789abcdef", epoch: 2, sequence: 7), fleet: "fleet", stream: "rsvps",
            events: Int64(events.count { $0 == EventLines.lineFeed }), rawBytes: Int64(events.count),
            framesBytes: Int64(frames.count), framesSHA256: SHA256.digest(frames), previous: Manifest.noPrevious,
            firstEventMilliseconds: 1_425_788_568_167, lastEventMilliseconds: nil,
            sealedAtMilliseconds: 1_425_788_580_000, clock: .synchronized, boot: "boot",
            gaps: [Gap(fromMilliseconds: 1, toMilliseconds: 2, events: 3, bytes: 4, reason: "quota")],
            scoring: ScoringReport(
                modelVersion: 1, events: 2, logLoss: 0.5, brier: 0.25,
                calibration: (0..<10).map { .init(count: $0, predicted: Double($0) / 4, positive: $0 / 2) }))
    }

    func file() throws -> [UInt8] {
        try SealedBatch.head(manifest, key: key) + frames
    }

    static func frames(of events: [UInt8]) throws -> [UInt8] {
        let compressor = try FrameCompressor(level: 3)
        var frames: [UInt8] = []
        try events.withUnsafeBytes { try compressor.compress($0, to: &frames) }
        try compressor.end(to: &frames)
        return frames
    }
}
