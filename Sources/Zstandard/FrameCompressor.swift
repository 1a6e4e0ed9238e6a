import CZstd

/// Writes one zstd frame (RFC 8878) after another, a piece at a time, without checksum.
///
/// What `flush` has handed out can always be unpacked, even when the frame never ends; `terminator` ends it then.
public final class FrameCompressor {
    /// An empty last block: appended to a frame that was cut off after a flush, it makes the frame complete.
    public static let terminator: [UInt8] = [0x01, 0x00, 0x00]

    private let context: OpaquePointer
    private var chunk: [UInt8]

    /// - Parameters:
    ///   - level: zstd's level, 1 to 19; 3 is its own default.
    ///   - reach: how far back repetitions are looked for; nil for what belongs to the level.
    public init(level: Int, reach: Reach? = nil) throws(ZstandardError) {
        guard let context = ZSTD_createCCtx() else { throw .library("out of memory") }
        self.context = context
        chunk = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        try check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)))
        guard let reach else { return }
        try check(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, reach.windowBits))
        try check(ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, reach.tableBits))
    }

    /// How far back a frame's repetitions may lie, and how many places are remembered to find them at.
    public struct Reach: Sendable {
        let windowBits, tableBits: Int32

        /// 2 MiB back, 65,536 places: in streams of messages about the same things, repetitions lie that far apart. With
        /// level 1 this is nearly as small as level 3 and takes three quarters of its time.
        public static let messages = Reach(windowBits: 21, tableBits: 16)
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    /// Adds `input` to the frame and appends to `output` what is ready, which may be nothing.
    public func compress(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) throws(ZstandardError) {
        try run(input, ZSTD_e_continue, to: &output)
    }

    /// Appends to `output` all that was added and not handed out yet.
    public func flush(to output: inout [UInt8]) throws(ZstandardError) {
        try run(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_flush, to: &output)
    }

    /// Ends the frame; the next input begins another.
    public func end(to output: inout [UInt8]) throws(ZstandardError) {
        try run(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, to: &output)
    }

    private func run(
        _ input: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective, to output: inout [UInt8]
    ) throws(ZstandardError) {
        var buffer = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        try run(&buffer, directive, to: &output)
    }

    private func run(
        _ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective, to output: inout [UInt8]
    ) throws(ZstandardError) {
        while true {
            var written = 0
            let capacity = chunk.count
            let left = chunk.withUnsafeMutableBytes { bytes in
                var target = ZSTD_outBuffer(dst: bytes.baseAddress, size: capacity, pos: 0)
                let left = ZSTD_compressStream2(context, &target, &input, directive)
                written = target.pos
                return left
            }
            try check(left)
            output += chunk[..<written]
            let done = directive == ZSTD_e_continue ? input.pos == input.size : left == 0
            if done { return }
        }
    }
}

/// Turns zstd's codes into this module's error.
func check(_ code: Int) throws(ZstandardError) {
    if ZSTD_isError(code) != 0 { throw .library(String(cString: ZSTD_getErrorName(code))) }
}
