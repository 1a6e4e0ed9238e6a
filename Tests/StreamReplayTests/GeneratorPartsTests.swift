import Testing

@testable import StreamReplay

struct GeneratorPartsTests {
    /// The published sequence of seed 1234567.
    @Test func splitMixGivesThePublishedNumbers() {
        var dice = SplitMix64(seed: 1_234_567)
        #expect(dice.next() == 6_457_827_717_110_365_317)
        #expect(dice.next() == 3_203_168_211_198_807_973)
        #expect(dice.next() == 9_817_491_932_198_370_423)
    }

    @Test func zipfRanksFallWithTheirWeights() {
        let table = ZipfTable(count: 50, offset: 1)
        var dice = SplitMix64(seed: 3)
        var counts = [Int](repeating: 0, count: 50)
        for _ in 0..<100_000 { counts[table.draw(&dice)] += 1 }
        // 1 / (1 + 1/2 + ... + 1/50) = 0.2223, and the second rank half of it.
        #expect((21_500...23_000).contains(counts[0]))
        #expect((10_500...11_700).contains(counts[1]))
        #expect(counts[49] > 300)
    }

    @Test(arguments: [
        (0, 2, "0"), (2_510, 2, "25.1"), (2_502, 2, "25.02"), (-12, 2, "-0.12"), (100, 2, "1"), (-3_400, 2, "-34"),
        (51_564_991, 6, "51.564991"), (1, 6, "0.000001"), (-180_640, 6, "-0.18064"),
    ])
    func decimalsHaveNoTrailingZeros(value: Int64, digits: Int, text: String) {
        var bytes: [UInt8] = []
        bytes.append(decimal: value, fractionDigits: digits)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [(Int64.min, "-9223372036854775808"), (Int64.max, "9223372036854775807"), (0, "0"), (-7, "-7")])
    func integersAreWrittenInFull(value: Int64, text: String) {
        var bytes: [UInt8] = []
        bytes.append(decimal: value)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [(UInt64(0), "0"), (10, "a"), (0x1F0, "1f0"), (.max, "ffffffffffffffff")])
    func hexadecimalHasNoLeadingZeros(value: UInt64, text: String) {
        var bytes: [UInt8] = []
        bytes.append(hexadecimal: value)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func theAgendaGivesTimesInOrderAndEqualTimesAsTheyCame() {
        var agenda = Agenda<Int>()
        var dice = SplitMix64(seed: 5)
        var model: [(time: Int64, element: Int)] = []
        for element in 0..<2_000 {
            let time = Int64(dice.below(100))
            agenda.add(element, at: time)
            model.append((time, element))
            if dice.below(3) == 0 {
                model.sort { ($0.time, $0.element) < ($1.time, $1.element) }
                let expected = model.removeFirst()
                #expect(agenda.nextTime == expected.time)
                let popped = agenda.popNext()
                #expect(popped?.time == expected.time && popped?.element == expected.element)
            }
        }
        #expect(agenda.count == model.count)
        model.sort { ($0.time, $0.element) < ($1.time, $1.element) }
        #expect(model.allSatisfy { $0.element == agenda.popNext()?.element })
        #expect(agenda.popNext() == nil)
    }
}
