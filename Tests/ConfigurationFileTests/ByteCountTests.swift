import ConfigurationFile
import Testing

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("512 B", 512), ("64 KiB", 65_536), ("64KiB", 65_536), ("4  MiB", 4_194_304), ("1 GiB", 1_073_741_824),
        ("0 B", 0),
    ])
    func readsAWholeNumberAndAUnit(text: String, bytes: Int) {
        #expect(ByteCount(configuration: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "64", "KiB", "64 KB", "64 kib", "-1 B", "+1 B", "1.5 MiB", "1 MiB x", " 1 B", "9223372036854775807 KiB",
        "99999999999999999999 B", "１ B",
    ])
    func refusesAnythingElse(text: String) {
        #expect(ByteCount(configuration: text) == nil)
    }

    @Test(arguments: ["0 B", "1 B", "1025 B", "1 KiB", "1536 KiB", "4 MiB", "3 GiB", "2048 GiB"])
    func describesItselfAsItIsWritten(text: String) {
        #expect(ByteCount(configuration: text)?.description == text)
    }

    @Test func comparesByBytes() {
        #expect(ByteCount.kibibytes(1023) < .mebibytes(1))
        #expect(ByteCount.mebibytes(1024) == .gibibytes(1))
    }
}
