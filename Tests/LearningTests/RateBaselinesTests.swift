import Testing

@testable import Learning

@Suite struct RateBaselinesTests {
    @Test func ratesAreThoseOfTheEventsSoFar() {
        var rates = RateBaselines()
        #expect(rates.overall == 0.5)
        #expect(rates.within(7) == 0.5)
        rates.add(label: true, group: 7)
        rates.add(label: true, group: 7)
        rates.add(label: false, group: 8)
        #expect(rates.overall == 3.0 / 5)
        #expect(rates.within(7) == (2 + 2 * 0.6) / 4)
        #expect(rates.within(8) == (0 + 2 * 0.6) / 3)
        #expect(rates.within(9) == 0.6)
    }
}
