import Testing
import Zstandard

@Suite struct FrameCompressorTests {
    private static let limit = 64 << 20

    private func line(_ number: Int) -> [UInt8] {
        Array(#"{"rsvp_id":\#(number),"response":"yes","mtime":\#(1_400_000_000_000 + number &* 7919)}"#.utf8) + [10]
    }

    private func compress(
        _ bytes: [UInt8], with compressor: FrameCompressor, to output: inout [UInt8]
    ) throws(ZstandardError) {
        var failure: ZstandardError?
        bytes.withUnsafeBytes { pointer in
            do throws(ZstandardError) { try compressor.compress(pointer, to: &output) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    @Test(arguments: [1, 3, 19])
    func everyFlushAndTheTerminatorMakeAWholeFrame(level: Int) throws {
        let compressor = try FrameCompressor(level: level)
        var (plain, output): ([UInt8], [UInt8]) = ([], [])
        for number in 0..<300 {
            plain += line(number)
            try compress(line(number), with: compressor, to: &output)
            try compressor.flush(to: &output)
            let cut = output + FrameCompressor.terminator
            #expect(try FrameDecompressor.decompress(cut, limit: Self.limit) == plain, "after line \(number)")
        }
        #expect(output.count < plain.count / 2)
        try compressor.end(to: &output)
        #expect(try FrameDecompressor.decompress(output, limit: Self.limit) == plain)
    }

    @Test func aSecondFlushAddsNothing() throws {
        let compressor = try FrameCompressor(level: 3)
        var output: [UInt8] = []
        try compress(line(1), with: compressor, to: &output)
        try compressor.flush(to: &output)
        let count = output.count
        try compressor.flush(to: &output)
        #expect(output.count == count)
    }

    @Test func beginsAnotherFrameAfterTheEnd() throws {
        let compressor = try FrameCompressor(level: 3)
        var output: [UInt8] = []
        for number in 0..<3 {
            try compress(line(number), with: compressor, to: &output)
            try compressor.end(to: &output)
        }
        #expect(try FrameDecompressor.decompress(output, limit: Self.limit) == line(0) + line(1) + line(2))
    }

    @Test func makesAFrameOfNothing() throws {
        var output: [UInt8] = []
        try FrameCompressor(level: 3).end(to: &output)
        #expect(!output.isEmpty)
        #expect(try FrameDecompressor.decompress(output, limit: 0).isEmpty)
    }

    @Test func takesMoreThanOneChunk() throws {
        var state: UInt32 = 1
        let noise = (0..<1_000_000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        let compressor = try FrameCompressor(level: 1)
        var output: [UInt8] = []
        try compress(noise, with: compressor, to: &output)
        try compressor.end(to: &output)
        #expect(output.count >= noise.count)
        #expect(try FrameDecompressor.decompress(output, limit: noise.count) == noise)
    }
}
