import Testing

@testable import Warehouse

@Suite struct RecordSorterTests {
    private static func sorted(_ records: [[UInt8]], blockBytes: Int, shares: Int) throws -> [[UInt8]] {
        try TemporaryFolder.with { folder in
            var runs: [RecordRun] = []
            for share in 0..<shares {
                var sorter = RecordSorter(in: folder.path, blockBytes: blockBytes)
                for record in records.indices where record % shares == share {
                    records[record].withUnsafeBufferPointer { sorter.append(cells: $0) }
                    try sorter.endRecord()
                }
                runs += sorter.finish()
            }
            var sorted: [[UInt8]] = []
            try RecordMerge.forEach(runs) { sorted.append(Array($0)) }
            return sorted
        }
    }

    /// From all in memory to a file a record.
    @Test(arguments: [1 << 20, 4096, 100, 1], [1, 3])
    func recordsComeInTheOrderOfTheirBytes(blockBytes: Int, shares: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for count in [0, 1, 200] {
            let records = (0..<count).map { _ in
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    UInt8.random(in: 0...(Bool.random(using: &random) ? 255 : 1), using: &random)
                }
            }
            let expected = records.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(try Self.sorted(records, blockBytes: blockBytes, shares: shares) == expected, "seed \(seed)")
        }
    }

    /// Longer than what is read at once.
    @Test func longRecordsComeWhole() throws {
        let records = (0..<5).map { number in [UInt8](repeating: UInt8(number), count: 100_000 * (5 - number)) }
        #expect(try Self.sorted(records.reversed(), blockBytes: 1, shares: 2) == records)
    }

    @Test func runsAreReadAnyNumberOfTimes() throws {
        try TemporaryFolder.with { folder in
            var sorter = RecordSorter(in: folder.path, blockBytes: 30)
            for value in [3, 1, 2] as [Int64] {
                sorter.append(value)
                try sorter.endRecord()
            }
            let runs = sorter.finish()
            for _ in 0..<2 {
                var count = 0
                try RecordMerge.forEach(runs) { _ in count += 1 }
                #expect(count == 3)
            }
            #expect(sorter.finish().isEmpty)
        }
    }
}
