import JSON
import Parquet
import Testing

/// Arrow's libraries export the simdjson that they are built with. The JSON parser must stand on its own one all the same.
@Suite struct LinkageTests {
    /// A parser that grows calls through the table of functions of whichever simdjson it got: with Arrow's it crashed, once
    /// the manifest of the lake was longer than the parser's first memory.
    @Test func aJSONParserGrowsAlsoWhereArrowIsLinked() throws {
        _ = ParquetWriter.compressionLevel
        let parser = try JSONParser()
        for count in [1, 1000, 100_000, 1_000_000] {
            let numbers = try parser.parse(
                Array("[\(Array(repeating: "7", count: count).joined(separator: ","))]".utf8)
            ) {
                var sum: Int64 = 0
                $0.forEachElement { sum += $0.integer ?? 0 }
                return sum
            }
            #expect(numbers == 7 * Int64(count))
        }
    }
}
