import Testing

@testable import Warehouse

/// Coordinates against Python's round(x, 6), whose result is the correctly rounded one.
@Suite struct CoordinateTests {
    @Test func roundingAndTextAreThoseOfTheOracle() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var numbers: [Double] = [
            0, -0.0, 35, -78.61, 0.0078125, 0.0234375, 1e-7, -4e-7, 5e-7, -5e-7, 999_999.999_999_5, 1e22, 1e300, -1e15,
            .leastNonzeroMagnitude, .greatestFiniteMagnitude, 4_503_599_627_370_497.5,
        ]
        for _ in 0..<10_000 {
            numbers.append(.random(in: -180...180, using: &random))
            // Next to a tie between two roundings.
            let tie = (Double(Int.random(in: -180_000_000...180_000_000, using: &random)) + 0.5) / 1e6
            numbers += [tie, tie.nextUp, tie.nextDown]
            numbers.append(Double(bitPattern: random.next()))
        }
        numbers = numbers.filter(\.isFinite)
        let program = """
            import sys
            for line in open(sys.argv[1]):
                x = round(float(line), 6)
                print(int(x) if x == int(x) else f"{x:.6f}".rstrip("0").rstrip("."))
            """
        let expected = try Recordings.python(["-c", program], reading: numbers.map(\.description)).split(
            separator: "\n")
        try #require(expected.count == numbers.count)
        let wrong = zip(numbers, expected).filter { number, expected in
            var text: [UInt8] = []
            Coordinate.append(Coordinate.rounded(number), to: &text)
            return !text.elementsEqual(expected.utf8)
        }
        #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(5))")
    }
}
