import Testing

@testable import Warehouse

@Suite struct LineSorterTests {
    /// From all in memory to a run a line.
    @Test(arguments: [1 << 20, 4096, 100, 1])
    func linesComeInTheOrderOfTheirBytes(runBytes: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let sorter = LineSorter(runBytes: runBytes)
        for count in [0, 1, 200] {
            let lines = (0..<count).map { _ in
                (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 32...255, using: &random) }
                    + [UInt8(ascii: "\n")]
            }
            for line in lines { try sorter.add(line) }
            var sorted: [[UInt8]] = []
            try sorter.forEachLine { sorted.append(Array($0)) }
            #expect(sorted == lines.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(seed)")
        }
    }
}
