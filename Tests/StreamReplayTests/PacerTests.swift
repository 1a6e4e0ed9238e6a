import Testing

@testable import StreamReplay

struct PacerTests {
    private func due(_ pace: Pace, _ times: [Int64?]) -> [Double] {
        var pacer = Pacer(pace: pace)
        return times.enumerated().map { index, time in
            Double(pacer.due(mtime: time, beginsTimeline: index == 0)) / 1e9
        }
    }

    @Test func messagesFollowTheGreatestTimeSoFar() {
        #expect(due(.following(speed: 1), [1_000, 3_000, 2_000, nil, 3_500]) == [0, 2, 2, 2, 2.5])
        #expect(due(.following(speed: 20), [1_000, 3_000]) == [0, 0.1])
        #expect(due(.following(speed: 0.5), [1_000, 3_000]) == [0, 4])
    }

    @Test func aLongSilenceIsCutShort() {
        #expect(due(.following(speed: 1), [0, 86_400_000, 86_401_000]) == [0, 10, 11])
        #expect(due(.following(speed: 1), [.min, .max, 5]) == [0, 10, 10])
    }

    @Test func anotherRecordingBeginsWhereTheLastOneEnds() {
        var pacer = Pacer(pace: .following(speed: 1))
        let times: [(Int64, Bool)] = [(5_000, true), (6_000, false), (100, true), (1_100, false)]
        let due = times.map { pacer.due(mtime: $0.0, beginsTimeline: $0.1) }
        #expect(due == [0, 1_000_000_000, 1_000_000_000, 2_000_000_000])
    }

    @Test func aRateSpreadsMessagesEvenlyWhateverTheirTimes() {
        #expect(due(.rate(4), [9, nil, 3, 7]) == [0, 0.25, 0.5, 0.75])
    }

    @Test func withoutALimitAllIsDueAtOnce() {
        #expect(due(.unlimited, [0, 86_400_000]) == [0, 0])
    }

    @Test func pacesAreReadAsTheyAreWritten() throws {
        #expect(try Pace(speed: "1x") == .following(speed: 1))
        #expect(try Pace(speed: "0.5x") == .following(speed: 0.5))
        #expect(try Pace(speed: "max") == .unlimited)
        #expect(try Pace(rate: "1000/s") == .rate(1_000))
        #expect(try Pace(rate: "2.5") == .rate(2.5))
    }

    @Test(arguments: ["", "x", "1", "-1x", "0x", "nanx", "infx", "fast"])
    func aWrongSpeedIsRefused(text: String) {
        #expect(throws: ReplayError.self) { try Pace(speed: text) }
    }

    @Test(arguments: ["", "/s", "0/s", "-3", "10/min", "inf"])
    func aWrongRateIsRefused(text: String) {
        #expect(throws: ReplayError.self) { try Pace(rate: text) }
    }
}
