import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct QuietHoursTests {
    /// 2026-11-23 00:00 UTC.
    private static let midnight: Int64 = 1_795_392_000_000

    private static func time(_ hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) -> Int64 {
        midnight + ((hour * 60 + minute) * 60 + second) * 1000
    }

    @Test(
        arguments: [
            // ranges, minutes ahead of UTC, now, end
            ("08:00-18:00", 0, time(7, 59, 59), nil), ("08:00-18:00", 0, time(8), time(18)),
            ("08:00-18:00", 0, time(17, 59, 59), time(18)), ("08:00-18:00", 0, time(18), nil),
            ("08:00-18:00", 120, time(6), time(16)), ("08:00-18:00", 120, time(16), nil),
            ("08:00-18:00", -210, time(11, 29), nil), ("08:00-18:00", -210, time(11, 30), time(21, 30)),
            ("22:00-06:00", 0, time(23), time(30)), ("22:00-06:00", 0, time(2), time(6)),
            ("22:00-06:00", 0, time(6), nil),
            ("22:00-06:00", 60, time(-4), nil), ("22:00-06:00", 60, time(-3), time(5)),
            ("22:00-24:00", 0, time(23, 30), time(24)),
            ("08:00-12:00, 12:00-14:00, 13:30-15:00", 0, time(9), time(15)),
            ("08:00-09:00,20:00-21:00", 0, time(12), nil), ("08:00-09:00,20:00-21:00", 0, time(20, 30), time(21)),
            ("20:00-24:00,00:00-02:00", 0, time(21), time(26)), ("none", 0, time(9), nil),
            ("08:00-18:00", 0, 8 * 3_600_000, 18 * 3_600_000), ("08:00-18:00", 0, -15 * 3_600_000, -6 * 3_600_000),
        ] as [(String, Int, Int64, Int64?)])
    func rangeHoldsFromItsFirstMinuteToItsLast(text: String, offset: Int, now: Int64, end: Int64?) throws {
        let hours = try #require(QuietHours(text, offsetMinutes: offset))
        #expect(hours.end(at: now) == end)
    }

    @Test(arguments: [
        "", "8:00-18:00", "08:00", "08:00-", "08:00-18:00,", "08:00-18:60", "24:00-06:00", "08:00-24:01", "08:00-08:00",
        "00:00-24:00", "00:00-12:00,12:00-00:00", "08:00–18:00", "08:00-18:00;", "+8:00-18:00", "None",
    ])
    func otherTextsAreNoHours(text: String) {
        #expect(QuietHours(text, offsetMinutes: 0) == nil)
    }

    @Test(
        arguments: [
            ("+00:00", 0), ("-00:00", 0), ("+02:00", 120), ("-03:30", -210), ("+14:00", 840), ("+14:01", nil),
            ("02:00", nil),
            ("+2:00", nil), ("UTC", nil), ("", nil),
        ] as [(String, Int?)])
    func offsetIsSignHoursMinutes(text: String, minutes: Int?) {
        #expect(QuietHours.offsetMinutes(text) == minutes)
    }

    @Test(
        arguments: [
            // what the clock is worth, its time, the cloud's time
            (ClockState.synchronized, time(9), nil, QuietState.quiet(until: time(18))),
            (.synchronized, time(19), nil, .open),
            (.synchronized, time(9), time(20), .quiet(until: time(18))),
            (.unsynchronized, time(9), nil, .clockless(.unsynchronized)),
            (.floor, time(9), nil, .clockless(.floor)),
            (.floor, time(3), time(9), .quiet(until: time(18))),
            (.unsynchronized, time(9), time(19), .open),
        ] as [(ClockState, Int64, Int64?, QuietState)])
    func onlyATimeThatIsVouchedForCounts(clock: ClockState, wall: Int64, server: Int64?, state: QuietState) throws {
        let hours = try #require(QuietHours("08:00-18:00", offsetMinutes: 0))
        let moment = Moment(monotonic: .seconds(1), milliseconds: wall, clock: clock)
        #expect(QuietState(hours, at: moment, serverMilliseconds: server) == state)
        #expect(QuietState(.none, at: moment, serverMilliseconds: server) == .open)
    }
}
