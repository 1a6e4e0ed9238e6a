import BatchFormat
import Testing

@testable import EdgeCollector

final class TestClock: EdgeClock {
    var monotonic: Duration = .seconds(1000)
    var wallMilliseconds: Int64 = 1_800_000_000_000
    var isSynchronized = false

    func advance(_ span: Duration) {
        monotonic += span
        wallMilliseconds += span.milliseconds
    }
}

@Suite struct TrustedTimeTests {
    @Test func wallClockCountsWhenATimeServerKeepsIt() {
        let clock = TestClock()
        clock.isSynchronized = true
        let moment = TrustedTime(clock: clock, floorMilliseconds: 0).moment
        #expect(moment.clock == .synchronized && moment.milliseconds == clock.wallMilliseconds)
    }

    @Test func wallClockCountsWhenTheCloudAgrees() {
        let clock = TestClock()
        var time = TrustedTime(clock: clock, floorMilliseconds: 0)
        #expect(time.moment.clock == .unsynchronized)
        time.receive(serverMilliseconds: clock.wallMilliseconds + 4000)
        clock.advance(.seconds(10))
        #expect(time.moment.clock == .synchronized)
        time.receive(serverMilliseconds: clock.wallMilliseconds - 60_000)
        #expect(time.moment.clock == .unsynchronized)
    }

    @Test func clockBehindTheFloorIsNotBelieved() {
        let clock = TestClock()
        clock.wallMilliseconds = 0
        var time = TrustedTime(clock: clock, floorMilliseconds: 1_790_000_000_000)
        #expect(time.moment.clock == .floor && time.moment.milliseconds == 1_790_000_000_000)
        time.receive(serverMilliseconds: 1_795_000_000_000)
        clock.advance(.seconds(30))
        #expect(time.moment.milliseconds == 1_795_000_030_000, "the cloud's time goes on")
        #expect(time.serverMilliseconds == 1_795_000_030_000)
    }

    @Test func noFloorIsBelowTheFormatsOwn() {
        let time = TrustedTime(clock: TestClock(), floorMilliseconds: 5)
        #expect(time.floorMilliseconds == TrustedTime.formatMilliseconds)
    }

    @Test func systemClocksMove() {
        let clock = SystemClock()
        let first = clock.monotonic
        #expect(clock.wallMilliseconds > 1_600_000_000_000)
        #expect(clock.monotonic >= first)
        #expect(SystemClock.programMilliseconds > 0)
    }
}
