import Testing

@testable import EdgeCollector

@Suite struct SpoolResumePointTests {
    @Test func resumePointIsTheGreatestTimeUnlessHeld() throws {
        var fixture = try SpoolFixture()
        var spool = try fixture.open()
        #expect(spool.resumePoint(of: SpoolFixture.stream) == nil)
        try fixture.append([50, 40], to: spool)
        #expect(spool.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 50)
        spool.holdResumePoint(of: SpoolFixture.stream, at: SpoolFixture.start + 50)
        try fixture.append([90], to: spool)
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        spool = try SpoolFixture(fixture.folder.copy()).open()
        #expect(spool.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 50)
    }

    @Test func releasedResumePointIsWrittenWithoutANewEvent() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        spool.holdResumePoint(of: SpoolFixture.stream, at: SpoolFixture.start + 1)
        try fixture.append([90], to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        spool.releaseResumePoint(of: SpoolFixture.stream, at: fixture.moment)
        fixture.advance(.seconds(1))
        try spool.tick(at: fixture.moment)
        let reopened = try SpoolFixture(fixture.folder.copy()).open()
        #expect(reopened.resumePoint(of: SpoolFixture.stream) == SpoolFixture.start + 90)
    }

    @Test func releaseThatMovesNothingLeavesNothingToDo() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        try fixture.append([90], to: spool)
        try spool.closeBatch(of: SpoolFixture.stream, at: fixture.moment)
        spool.holdResumePoint(of: SpoolFixture.stream, at: SpoolFixture.start + 90)
        spool.releaseResumePoint(of: SpoolFixture.stream, at: fixture.moment)
        fixture.advance(.seconds(10))
        try spool.tick(at: fixture.moment)
        #expect(spool.nextTick == nil, "else the loop turns without a pause")
    }

    @Test func timeFarAheadOfARightClockIsNoResumePoint() throws {
        var fixture = try SpoolFixture()
        let spool = try fixture.open()
        let line = Array("{}".utf8)
        let ahead = fixture.moment.milliseconds + 3 * 86_400_000
        try line.withUnsafeBytes { try spool.append($0, to: SpoolFixture.stream, time: ahead, at: fixture.moment) }
        #expect(spool.resumePoint(of: SpoolFixture.stream) == nil)
        fixture.moment.clock = .floor
        try line.withUnsafeBytes { try spool.append($0, to: SpoolFixture.stream, time: ahead, at: fixture.moment) }
        #expect(spool.resumePoint(of: SpoolFixture.stream) == ahead)
    }
}
