import Testing

@testable import EdgeCollector

@Suite struct ResidentMemoryTests {
    private static func map(_ head: String, anonymous: Int = 0, swap: Int = 0) -> [UInt8] {
        Array("\(head)\nSize: 132 kB\nAnonymous:     \(anonymous) kB\nSwap:     \(swap) kB\nVmFlags: rd ex mr\n".utf8)
    }

    @Test(arguments: ["r-xp", "r--p"])
    func whatIsAsInItsFileIsGivenBack(rights: String) {
        let head = "55d0c8a3f000-55d0c8a60000 \(rights) 00002000 fe:00 1089634         /usr/bin/a program"
        let other = "7ffd5a5f2000-7ffd5a5f4000 rw-p 00000000 00:00 0       [stack]"
        let map = Self.map(other) + Self.map(head) + Self.map(other, anonymous: 8)
        #expect(ResidentMemory.unwritten(map) == [0x55d0_c8a3_f000..<0x55d0_c8a6_0000])
    }

    @Test(
        arguments: [
            ("55d0c8a3f000-55d0c8a60000 rw-p 00002000 fe:00 1089634         /usr/bin/program", 0, 0),
            ("55d0c8a3f000-55d0c8a60000 r--s 00002000 fe:00 1089634         /run/shared", 0, 0),
            ("55d0c8a3f000-55d0c8a60000 rwxp 00002000 fe:00 1089634         /usr/bin/program", 0, 0),
            ("55d0c8a3f000-55d0c8a60000 r--p 00002000 fe:00 1089634         /usr/bin/relocated", 4, 0),
            ("55d0c8a3f000-55d0c8a60000 r--p 00002000 fe:00 1089634         /usr/bin/relocated", 0, 4),
            ("7ffd5a5f2000-7ffd5a5f4000 r-xp 00000000 00:00 0               [vdso]", 0, 0),
            ("7f1e0c000000-7f1e0c021000 r--p 00000000 00:00 0 ", 0, 0),
            ("zz-55d0c8a60000 r-xp 00002000 fe:00 1089634 /usr/bin/program", 0, 0), ("", 0, 0),
        ])
    func allElseStays(head: String, anonymous: Int, swap: Int) {
        #expect(ResidentMemory.unwritten(Self.map(head, anonymous: anonymous, swap: swap)).isEmpty)
    }

    @Test func programGoesOnAfterwards() {
        var memory = ResidentMemory(at: .seconds(1))
        memory.tick(at: .seconds(1) + ResidentMemory.first)
        #expect((1...100).map { "\($0)" }.joined().utf8.count == 192)
    }
}
