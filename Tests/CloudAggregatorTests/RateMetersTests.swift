import Testing

@testable import CloudAggregator

@Suite struct RateMetersTests {
    @Test func eachStreamHasARateOfItsOwn() {
        var meters = RateMeters()
        meters.record(30, of: "visits", at: 5_000)
        meters.record(10, of: "guests", at: 6_500)
        #expect(meters.series(of: "visits", at: 8_000).events == [30, 0, 0])
        #expect(meters.series(of: "guests", at: 8_000).events == [10, 0])
        #expect(meters.series(of: "others", at: 8_000).events == [])
        #expect(meters.isMoving(at: 17_000) && !meters.isMoving(at: 19_000))
    }
}
