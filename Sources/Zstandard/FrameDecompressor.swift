import CZstd

/// Unpacks zstd frames (RFC 8878), one after another, as their bytes come in; skippable frames are passed over.
public final class FrameDecompressor {
    /// The largest window accepted: 8 MiB, what RFC 8878 section 3.1.1.1.2 asks every decoder to support.
    private static let windowLog: Int32 = 23

    private let context: OpaquePointer
    private let limit: Int
    private var chunk: [UInt8]
    private var isBetweenFrames = true

    /// The bytes unpacked so far.
    public private(set) var count = 0

    /// - Parameter limit: the bytes, over all frames, past which `decompress` throws instead of going on.
    public init(limit: Int) throws(ZstandardError) {
        guard let context = ZSTD_createDCtx() else { throw .library("out of memory") }
        self.context = context
        self.limit = limit
        chunk = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        try check(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog))
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// Takes the next bytes of the frames and appends to `output` what they unpack to.
    public func decompress(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) throws(ZstandardError) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var hasMore = input.size > 0
        while hasMore {
            var written = 0
            let capacity = chunk.count
            let hint = chunk.withUnsafeMutableBytes { bytes in
                var target = ZSTD_outBuffer(dst: bytes.baseAddress, size: capacity, pos: 0)
                let hint = ZSTD_decompressStream(context, &target, &input)
                written = target.pos
                return hint
            }
            try check(hint)
            count += written
            guard count <= limit else { throw .tooLarge(limit: limit) }
            output += chunk[..<written]
            isBetweenFrames = hint == 0
            // A full chunk may have more behind it, but not behind the end of a frame.
            hasMore = input.pos < input.size || (written == capacity && hint != 0)
        }
    }

    /// Takes the next bytes of the frames and appends to `output` what they unpack to.
    public func decompress(_ bytes: [UInt8], to output: inout [UInt8]) throws(ZstandardError) {
        var failure: ZstandardError?
        bytes.withUnsafeBytes { pointer in
            do throws(ZstandardError) { try decompress(pointer, to: &output) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Throws `truncated` unless the last frame has ended.
    public func finish() throws(ZstandardError) {
        guard isBetweenFrames else { throw .truncated }
    }

    /// All that the frames unpack to.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(ZstandardError) -> [UInt8] {
        let decompressor = try FrameDecompressor(limit: limit)
        var output: [UInt8] = []
        try decompressor.decompress(bytes, to: &output)
        try decompressor.finish()
        return output
    }
}
