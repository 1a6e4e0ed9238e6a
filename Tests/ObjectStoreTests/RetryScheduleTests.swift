import Testing

@testable import ObjectStore

@Suite struct RetryScheduleTests {
    @Test func pausesDoubleUpToTheirCeilingAndEnd() {
        var schedule = RetrySchedule()
        var pauses: [Duration] = []
        while let pause = schedule.pause(chance: 1) { pauses.append(pause) }
        #expect(pauses == [100, 200, 400, 800, 1600].map { .milliseconds($0) })
        #expect(schedule.attempts == RetrySchedule.attemptLimit)
    }

    @Test(arguments: [
        ("3", Duration.seconds(3)), ("86400", .seconds(20)), ("soon", .milliseconds(50)), ("-1", .milliseconds(50)),
    ])
    func whatTheServerAsksForIsObeyedWithinReason(header: String, pause: Duration) {
        var schedule = RetrySchedule()
        #expect(schedule.pause(chance: 0.5, retryAfter: header) == pause)
    }
}
