import Foundation
import JSON
import Testing

@testable import StreamDefinition

/// The stream file that is delivered, and what a plan says of it.
@Suite struct StreamPlanTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let streams = package.appending(path: "cloud/streams")

    private func plan() throws -> StreamPlan {
        try StreamPlan.load(file: Self.streams.appending(path: "rsvps.json").path)
    }

    @Test func everyDeliveredStreamFileIsRight() throws {
        let plans = try StreamPlan.load(directory: Self.streams.path)
        #expect(plans.map(\.name).contains("rsvps"))
    }

    @Test func theRSVPStreamSaysWhereItComesFrom() throws {
        let plan = try plan()
        #expect(plan.source.url == "wss://stream.meetup.com/2/rsvps")
        #expect(plan.source.transport == .websocket)
        #expect(plan.source.silence == .seconds(60))
        #expect(plan.source.resume == .init(url: "https://stream.meetup.com/2/rsvps", parameter: "since_mtime"))
        #expect(plan.identity == JSONPath("rsvp_id") && plan.time == JSONPath("mtime") && plan.unit == .millisecond)
    }

    @Test func theTablesStandInTheOrderOfTheDigests() throws {
        let digests = try String(
            contentsOf: Self.package.appending(path: "Tests/Fixtures/recordings/both.digests"), encoding: .utf8)
        let names = digests.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        #expect(try plan().tables.map(\.name) == names)
    }

    @Test func keysAreNeverNullAndEchoesAreKnown() throws {
        let plan = try plan()
        for table in plan.tables {
            for key in table.key { #expect(table.column(key)?.isRequired == true) }
        }
        #expect(plan.revisions?.keep == .revisions(echo: EchoRule(wholeMilliseconds: 1000, withinMilliseconds: 500)))
        #expect(plan.latest?.keep == .latest(of: "rsvp_revisions"))
    }

    @Test(
        arguments: [
            ("response", nil, "rsvp_revisions", "response"), ("mtime", nil, "rsvp_revisions", "mtime"),
            ("group.group_country", nil, "groups", "group_country"), ("event.time", nil, "events", "event_time"),
            ("group.group_id", nil, "groups", "group_id"), ("member.member_id", nil, "members", "member_id"),
            ("venue.lat", nil, "venues", "lat"), ("rsvp_id", nil, "rsvp_revisions", "rsvp_id"),
            ("urlkey", "group.group_topics", "group_topics", "urlkey"),
            ("@.urlkey", "group.group_topics", "group_topics", "urlkey"),
            ("@.topic_name", "group.group_topics", "topics", "topic_name"),
            ("@key", "member.other_services", "member_services", "service"),
        ] as [(String, String?, String, String)])
    func aPathIsFoundInTheTableThatHoldsIt(path: String, each: String?, table: String, column: String) throws {
        let location = try plan().location(of: JSONPath(path), each: each.map { JSONPath($0) })
        #expect(location?.table == table && location?.column == column)
    }

    @Test(arguments: [(1500, 1), (1000, 1), (999, 0), (0, 0), (-1, -1), (-1000, -1), (-1001, -2)] as [(Int64, Int64)])
    func aSecondBeginsAtOrBeforeItsMilliseconds(milliseconds: Int64, second: Int64) {
        #expect(TimeUnit.second.time(ofMilliseconds: milliseconds) == second)
        #expect(TimeUnit.millisecond.time(ofMilliseconds: milliseconds) == milliseconds)
        #expect(TimeUnit.second.milliseconds(of: second) == second * 1000)
        #expect(TimeUnit.second.milliseconds(of: .max) == nil)
    }

    @Test func aPathThatNoTableHoldsIsNotFound() throws {
        #expect(try plan().location(of: JSONPath("group.who")) == nil)
        #expect(try plan().location(of: JSONPath("urlkey")) == nil)
    }

    @Test func theReferencesLeadFromARevisionToEverything() throws {
        let plan = try plan()
        var reached = ["rsvp_revisions"]
        var next = 0
        while next < reached.count {
            for key in plan.table(reached[next])?.foreignKeys ?? [] where !reached.contains(key.table) {
                #expect(plan.table(key.table)?.key == key.referenced)
                reached.append(key.table)
            }
            next += 1
        }
        #expect(Set(reached) == ["rsvp_revisions", "rsvps", "members", "events", "groups", "venues"])
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        let error = #expect(throws: StreamDefinitionError.self) { try StreamPlan.load(file: "/nowhere/stream.json") }
        #expect(error?.description == "/nowhere/stream.json: cannot be read: No such file or directory")
        #expect(throws: StreamDefinitionError.self) { try StreamPlan.load(directory: "/nowhere") }
    }
}
