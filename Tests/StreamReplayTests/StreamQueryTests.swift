import Testing

@testable import StreamReplay

struct StreamQueryTests {
    @Test func parametersAreRead() throws {
        let query = try StreamQuery(target: "/2/rsvps?since_mtime=1489925470960&event_id=q%2Bk+z&unknown&x=%41")
        #expect(query.path == "/2/rsvps")
        #expect(query.beginning == .sinceTime(1_489_925_470_960))
        #expect(query.eventIdentity == "q+k z")
        #expect(try StreamQuery(target: "/2/rsvps").beginning == .live)
        #expect(try StreamQuery(target: "/2/rsvps?since_count=3").beginning == .sinceCount(3))
        #expect(try StreamQuery(target: "/2/rsvps?since_mtime=-1").beginning == .sinceTime(-1))
    }

    @Test(arguments: [
        "since_mtime=1&since_count=1", "since_mtime=", "since_mtime=1.5", "since_mtime=99999999999999999999",
        "since_count=-1", "event_id=%", "event_id=%4", "event_id=%+4", "event_id=%GG",
    ])
    func wrongParametersAreRefused(query: String) {
        #expect(throws: StreamQuery.Refusal.self) { try StreamQuery(target: "/2/rsvps?\(query)") }
    }
}
