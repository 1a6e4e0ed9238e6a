import Cryptography
import Foundation
import Signing
import Testing
import Zstandard

@testable import BatchFormat

@Suite struct SealedBatchTests {
    @Test func aSealedBatchIsOpened() throws {
        let sample = try SampleBatch()
        let opened = try SealedBatch.open(try sample.file(), key: sample.key.publicKey)
        #expect(opened.manifest == sample.manifest)
        #expect(opened.events == SampleBatch.events)
    }

    @Test("the head of the committed file is written again byte for byte, and the file opens")
    func goldenBytes() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Fixtures/batches/golden.batch")
        let golden = Array(try Data(contentsOf: path))
        let sample = try SampleBatch()
        let opened = try SealedBatch.open(golden, key: sample.key.publicKey)
        #expect(opened.events == SampleBatch.events)
        let head = try SealedBatch.head(opened.manifest, key: sample.key)
        #expect(Array(golden.prefix(head.count)) == head)
        var expected = sample.manifest
        expected.framesBytes = opened.manifest.framesBytes
        expected.framesSHA256 = opened.manifest.framesSHA256
        #expect(opened.manifest == expected)
    }

    @Test func everyTruncationIsRefused() throws {
        let sample = try SampleBatch()
        let file = try sample.file()
        for count in 0..<file.count {
            #expect(throws: BatchError.self, "\(count) bytes") {
                try SealedBatch.open(Array(file.prefix(count)), key: sample.key.publicKey)
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let sample = try SampleBatch()
        let file = try sample.file()
        for index in file.indices {
            for bit in 0..<8 {
                var flipped = file
                flipped[index] ^= 1 << bit
                #expect(throws: BatchError.self, "byte \(index) bit \(bit)") {
                    try SealedBatch.open(flipped, key: sample.key.publicKey)
                }
            }
        }
    }

    @Test func appendedBytesAreRefused() throws {
        let sample = try SampleBatch()
        #expect(throws: BatchError.self) {
            try SealedBatch.open(try sample.file() + [0], key: sample.key.publicKey)
        }
    }

    @Test func aFrameThatWasCutAfterAFlushAndTerminatedIsValid() throws {
        var sample = try SampleBatch()
        let compressor = try FrameCompressor(level: 3)
        var frames: [UInt8] = []
        try SampleBatch.events.withUnsafeBytes { try compressor.compress($0, to: &frames) }
        try compressor.flush(to: &frames)
        frames += FrameCompressor.terminator
        sample.manifest.framesBytes = Int64(frames.count)
        sample.manifest.framesSHA256 = SHA256.digest(frames)
        let file = try SealedBatch.head(sample.manifest, key: sample.key) + frames
        #expect(try SealedBatch.open(file, key: sample.key.publicKey).events == SampleBatch.events)
    }

    @Test func anUnsignedChangeOfTheDeviceIsRefused() throws {
        let sample = try SampleBatch()
        let other = try PrivateKey()
        #expect(throws: BatchError.self) { try SealedBatch.open(try sample.file(), key: other.publicKey) }
    }

    @Test("a bomb: 3 KB that unpack to 100 MiB, announced honestly or not", arguments: [true, false])
    func aBombIsRefused(announced: Bool) throws {
        let bomb = [UInt8](repeating: UInt8(ascii: "a"), count: 100 << 20)
        var sample = try SampleBatch()
        let frames = try SampleBatch.frames(of: bomb)
        #expect(frames.count < 20_000)
        sample.manifest.framesBytes = Int64(frames.count)
        sample.manifest.framesSHA256 = SHA256.digest(frames)
        sample.manifest.rawBytes = announced ? Int64(bomb.count) : 1000
        let file = try SealedBatch.head(sample.manifest, key: sample.key) + frames
        #expect { try SealedBatch.open(file, key: sample.key.publicKey) } throws: { error in
            switch (announced, error as? BatchError) {
            case (true, .tooLarge), (false, .mismatch): true
            default: false
            }
        }
    }

    @Test func aBatchOfRepeatedEventsIsTakenUpToTheFloor() throws {
        let events = Array(String(repeating: "{\"same\":\"event\"}\n", count: 240_000).utf8)
        #expect(events.count <= BatchLimits.ratioFloorBytes)
        let sample = try SampleBatch(events: events)
        #expect(events.count / sample.frames.count > 1000)
        #expect(try SealedBatch.open(try sample.file(), key: sample.key.publicKey).events == events)
    }

    @Test func aLineOverTheLimitIsRefused() throws {
        let sample = try SampleBatch(events: [UInt8](repeating: 0x61, count: 65_537) + [0x0A])
        #expect(throws: BatchError.tooLarge("an event of 65537 bytes, at most 65536 are allowed")) {
            try SealedBatch.open(try sample.file(), key: sample.key.publicKey)
        }
    }

    @Test func aWrongCountOfEventsIsRefused() throws {
        var sample = try SampleBatch()
        sample.manifest.events = 4
        #expect(throws: BatchError.mismatch("3 events, not 4")) {
            try SealedBatch.open(try sample.file(), key: sample.key.publicKey)
        }
    }

    @Test(arguments: [
        (BatchError.malformed(""), 400), (.tooLarge(""), 413), (.mismatch(""), 422),
        (.signing(.invalidSignature), 401), (.signing(.malformed("")), 400),
    ])
    func eachErrorHasItsStatus(error: BatchError, status: Int) {
        #expect(error.httpStatus == status)
    }
}
