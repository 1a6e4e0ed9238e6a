import Testing

@testable import CloudAggregator

@Suite struct RateMeterTests {
    @Test func countsByWholeSecondsAndTakesTheMeanOfTheLastTen() {
        var meter = RateMeter()
        meter.record(5, at: 100_000)
        meter.record(7, at: 100_999)
        meter.record(28, at: 102_500)
        meter.record(1000, at: 103_100)
        let series = meter.series(at: 103_900)
        #expect(series.fromMilliseconds == 100_000)
        #expect(series.events == [12, 0, 28])
        #expect(series.perSecond == 4)
    }

    @Test func forgetsWhatIsOlderThanTheSeries() {
        var meter = RateMeter()
        for second in 0..<1000 { meter.record(1, at: Int64(second) * 1000) }
        let series = meter.series(at: 1_000_000)
        #expect(series.events == Array(repeating: 1, count: RateMeter.seriesSeconds))
        #expect(series.fromMilliseconds == 700_000)
        #expect(series.perSecond == 1)
    }

    @Test func movesUntilTheLastEventsHaveLeftTheRate() {
        var meter = RateMeter()
        #expect(!meter.isMoving(at: 100_000))
        meter.record(5, at: 100_500)
        let stops = (100...120).first { !meter.isMoving(at: Int64($0) * 1000) }
        #expect(stops == 112)
        #expect(meter.series(at: 111_000).perSecond == 0)
        #expect(meter.series(at: 110_999).perSecond == 0.5)
    }

    @Test func isEmptyBeforeTheFirstEvent() {
        let series = RateMeter().series(at: 5000)
        #expect(series.events.isEmpty)
        #expect(series.perSecond == 0)
    }
}
