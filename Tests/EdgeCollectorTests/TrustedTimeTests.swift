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

    private static let floor: Int64 = 1_790_000_000_000
    private static let year: Int64 = 31_557_600_000

    /// What a wall clock is worth before the cloud has said a word, and after it has said the floor's time a minute ago.
    @Test(
        arguments: [
            // wall clock, a time server keeps it, state and guess before, state and guess after
            (Int64.min, false, ClockState.floor, floor, ClockState.floor, floor + 60_000),
            (-1, false, .floor, floor, .floor, floor + 60_000),
            (0, true, .floor, floor, .floor, floor + 60_000),
            (floor - 1, false, .floor, floor, .floor, floor + 60_000),
            (floor + 58_000, false, .unsynchronized, floor + 58_000, .synchronized, floor + 58_000),
            (floor + year, true, .synchronized, floor + year, .synchronized, floor + year),
            // 2038-01-19 and 2106-02-07, where 31 and 32 bits of seconds end, a second before and behind; 9999; beyond.
            (2_147_483_647_000, false, .unsynchronized, 2_147_483_647_000, .unsynchronized, floor + 60_000),
            (2_147_483_648_000, false, .unsynchronized, 2_147_483_648_000, .unsynchronized, floor + 60_000),
            (4_294_967_295_000, false, .unsynchronized, 4_294_967_295_000, .unsynchronized, floor + 60_000),
            (4_294_967_296_000, false, .unsynchronized, 4_294_967_296_000, .unsynchronized, floor + 60_000),
            (
                Int64.max, false, .unsynchronized, TrustedTime.latestMilliseconds, .unsynchronized, floor + 60_000
            ),
        ] as [(Int64, Bool, ClockState, Int64, ClockState, Int64)])
    func wallClockIsJudged(
        wall: Int64, isKept: Bool, stateBefore: ClockState, guessBefore: Int64, stateAfter: ClockState,
        guessAfter: Int64
    ) {
        let clock = TestClock()
        (clock.wallMilliseconds, clock.isSynchronized) = (wall, isKept)
        var time = TrustedTime(clock: clock, floorMilliseconds: Self.floor)
        #expect(time.moment.clock == stateBefore && time.moment.milliseconds == guessBefore)
        time.receive(serverMilliseconds: Self.floor)
        clock.monotonic += .seconds(60)
        #expect(time.moment.clock == stateAfter && time.moment.milliseconds == guessAfter)
        let certificate = time.moment.certificateMilliseconds
        #expect(
            certificate == (stateAfter == .synchronized ? nil : guessAfter), "the best guess counts for certificates")
    }

    @Test func clockThatJumpsIsFollowedOnlyWhereItIsBelieved() {
        let clock = TestClock()
        var time = TrustedTime(clock: clock, floorMilliseconds: 0)
        let right = clock.wallMilliseconds
        time.receive(serverMilliseconds: right)
        for jump in [-100 * Self.year, 0, 100 * Self.year, -1000, 3_600_000, 0] {
            clock.wallMilliseconds = right + jump
            let isSmall = jump >= 0 && jump < 5000
            #expect(time.moment.milliseconds == right)
            #expect(time.moment.clock == (isSmall ? .synchronized : jump < 0 ? .floor : .unsynchronized))
        }
    }

    @Test func certificatesAreHeldAgainstTheFloorWhereTheWallClockMayBeToBlame() {
        let clock = TestClock()
        clock.wallMilliseconds = 4_294_967_296_000
        var time = TrustedTime(clock: clock, floorMilliseconds: Self.floor)
        #expect(time.moment.certificateMilliseconds == nil)
        time.certificateWasRefused()
        #expect(time.moment.certificateMilliseconds == Self.floor && time.moment.clock == .unsynchronized)
        time.certificateWasRefused()
        #expect(time.moment.certificateMilliseconds == nil, "perhaps the clock is right and the certificate new")
        time.certificateWasRefused()
        clock.isSynchronized = true
        #expect(time.moment.certificateMilliseconds == nil, "a clock that a time server keeps is not to blame")
    }

    @Test(arguments: [Int64.min, -1, 0, TrustedTime.latestMilliseconds + 1, Int64.max])
    func impossibleTimesOfTheCloudAreNotBelieved(milliseconds: Int64) {
        let clock = TestClock()
        var time = TrustedTime(clock: clock, floorMilliseconds: Self.floor)
        time.receive(serverMilliseconds: milliseconds)
        time.raiseFloor(to: milliseconds)
        clock.advance(.seconds(1))
        #expect(time.serverMilliseconds == nil && time.floorMilliseconds == Self.floor)
        #expect(time.moment.milliseconds == clock.wallMilliseconds)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (2_147_483_648_001, "2038-01-19T03:14:08.001Z"), (4_294_967_296_000, "2106-02-07T06:28:16.000Z"),
        (.max, "292278994-08-17T07:12:55.807Z"), (.min, "-292275055-05-16T16:47:04.192Z"),
    ])
    func everyTimeCanBeWritten(milliseconds: Int64, text: String) {
        #expect(EdgeLog.text(milliseconds: milliseconds) == text)
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
