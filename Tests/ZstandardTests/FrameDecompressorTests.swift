import Testing
import Zstandard

@Suite struct FrameDecompressorTests {
    private func frame(_ bytes: [UInt8]) throws -> [UInt8] {
        let compressor = try FrameCompressor(level: 3)
        var (output, failure): ([UInt8], ZstandardError?) = ([], nil)
        bytes.withUnsafeBytes { pointer in
            do throws(ZstandardError) { try compressor.compress(pointer, to: &output) } catch { failure = error }
        }
        if let failure { throw failure }
        try compressor.end(to: &output)
        return output
    }

    /// A skippable frame (RFC 8878 section 3.1.2).
    private func skippable(_ payload: [UInt8], magic: UInt8 = 0x57) -> [UInt8] {
        [magic, 0x2A, 0x4D, 0x18, UInt8(payload.count & 0xFF), UInt8(payload.count >> 8), 0, 0] + payload
    }

    @Test func readsFramesAndPassesOverSkippableOnes() throws {
        let file =
            try skippable(.init(repeating: 7, count: 300)) + frame(Array("one".utf8)) + skippable([], magic: 0x5F)
            + frame([]) + frame(Array("two".utf8)) + skippable([1])
        #expect(try FrameDecompressor.decompress(file, limit: 6) == Array("onetwo".utf8))
        let decompressor = try FrameDecompressor(limit: 6)
        var output: [UInt8] = []
        for byte in file { try decompressor.decompress([byte], to: &output) }
        try decompressor.finish()
        #expect(output == Array("onetwo".utf8))
        #expect(decompressor.count == 6)
    }

    @Test func readsNothingFromNothing() throws {
        #expect(try FrameDecompressor.decompress([], limit: 0) == [])
    }

    /// The sizes around the 128 KiB in which zstd hands out what it has unpacked.
    @Test(arguments: [131_071, 131_072, 131_073, 262_144, 1_000_000])
    func readsFramesOfEverySize(count: Int) throws {
        for plain in [
            [UInt8](repeating: 0, count: count), (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 7) },
        ] {
            #expect(try FrameDecompressor.decompress(try frame(plain), limit: count) == plain)
            #expect(throws: ZstandardError.tooLarge(limit: count - 1)) {
                try FrameDecompressor.decompress(try frame(plain), limit: count - 1)
            }
        }
    }

    @Test func stopsABombAtTheLimit() throws {
        let bomb = try frame([UInt8](repeating: 0, count: 32 << 20))
        #expect(bomb.count < 4096)
        let decompressor = try FrameDecompressor(limit: 1 << 20)
        var output: [UInt8] = []
        #expect(throws: ZstandardError.tooLarge(limit: 1 << 20)) { try decompressor.decompress(bomb, to: &output) }
        #expect(output.count <= 1 << 20)
    }

    @Test func refusesEveryTruncation() throws {
        let file = try frame(Array("some text that is some text".utf8))
        for count in 1..<file.count {
            #expect(throws: ZstandardError.truncated, "cut at \(count)") {
                try FrameDecompressor.decompress(Array(file[..<count]), limit: 100)
            }
        }
        #expect(throws: ZstandardError.truncated) {
            try FrameDecompressor.decompress(skippable([1, 2, 3]).dropLast(), limit: 100)
        }
    }

    @Test(arguments: [[0x00], Array("no frame at all".utf8), [0x28, 0xB5, 0x2F, 0xFE, 0, 0, 0, 0]])
    func refusesWhatIsNoFrame(bytes: [UInt8]) throws {
        #expect(throws: ZstandardError.self) { try FrameDecompressor.decompress(bytes, limit: 100) }
        let behind = try frame([1]) + bytes
        #expect(throws: ZstandardError.self) { try FrameDecompressor.decompress(behind, limit: 100) }
    }

    /// A frame whose header asks for a window of 16 MiB: descriptor 0, window exponent 14 (RFC 8878 section 3.1.1.1).
    @Test func refusesAWindowLargerThanEveryDecoderHas() throws {
        let fits: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 13 << 3] + FrameCompressor.terminator
        let large: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 14 << 3] + FrameCompressor.terminator
        #expect(try FrameDecompressor.decompress(fits, limit: 0) == [])
        #expect(throws: ZstandardError.self) { try FrameDecompressor.decompress(large, limit: 0) }
    }
}
