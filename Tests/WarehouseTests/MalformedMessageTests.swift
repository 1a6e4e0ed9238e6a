import JSON
import Testing

@testable import Warehouse

@Suite struct MalformedMessageTests {
    private static let good = [
        "rsvp_id": "1", "mtime": "1500", "response": #""yes""#, "guests": "0", "visibility": #""public""#,
        "member": #"{"member_id":1,"other_services":{"twitter":{"identifier":"@a"}}}"#,
        "group": #"{"group_id":1,"group_lat":1.5,"group_topics":[{"urlkey":"a"}]}"#, "event": #"{"event_id":"1"}"#,
        "venue": #"{"venue_id":1}"#,
    ]

    private static func message(_ changes: [String: String?]) -> String {
        let members = good.merging(changes.mapValues { $0 ?? "" }) { $1 }.filter { !$0.value.isEmpty }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private static let long = String(repeating: "x", count: 2049)

    @Test(
        arguments: [
            ("rsvp_id", nil, "'rsvp_id' is missing"), ("rsvp_id", "null", "'rsvp_id' is missing"),
            ("rsvp_id", #""1""#, "'rsvp_id' is not an integer"), ("rsvp_id", "1.5", "'rsvp_id' is not an integer"),
            ("rsvp_id", "9223372036854775808", "'rsvp_id' is not an integer"),
            ("mtime", nil, "'mtime' is missing"), ("mtime", "true", "'mtime' is not an integer"),
            ("guests", "null", "'guests' is missing"), ("response", "1", "'response' is not a text"),
            ("member", nil, "'member.member_id' is missing"), ("member", "7", "'member' is not an object"),
            ("member", #"{"member_id":1,"photo":2}"#, "'member.photo' is not a text"),
            ("member", #"{"member_id":1,"other_services":[1]}"#, "'other_services' is not an object"),
            (
                "member", #"{"member_id":1,"other_services":{"a":null}}"#,
                "'member.other_services' is not made of objects"
            ),
            ("member", #"{"member_id":1,"other_services":{"a":{"identifier":1}}}"#, "'@.identifier' is not a text"),
            ("group", #"{"group_id":1,"group_topics":"a"}"#, "'group_topics' is not an array"),
            ("group", #"{"group_id":1,"group_topics":[{}]}"#, "'group.group_topics @.urlkey' is missing"),
            ("group", #"{"group_id":1,"group_topics":["a"]}"#, "'group.group_topics' is not made of objects"),
            ("group", #"{"group_id":1,"group_lat":"1.5"}"#, "'group.group_lat' is not a number"),
            ("venue", #"{"venue_name":"a"}"#, "'venue.venue_id' is missing"),
            ("venue", "[1]", "'venue' is not an object"),
            ("event", "{}", "'event.event_id' is missing"),
            ("event", #"{"event_id":"\#(long)"}"#, "the key with 'event.event_id' has more than 2048 bytes"),
            (
                "event", #"{"event_id":"\#(String(repeating: #"\u0001"#, count: 1025))"}"#,
                "the key with 'event.event_id' has more than 2048 bytes"
            ),
            (
                "group", #"{"group_id":1,"group_topics":[{"urlkey":"a"},{"urlkey":"\#(long)"}]}"#,
                "the key with '@.urlkey' has more than 2048 bytes"
            ),
        ] as [(String, String?, String)])
    func aMessageOfAnotherShapeIsRefusedWhole(key: String, value: String?, reason: String) throws {
        let line = Self.message([key: value])
        try TestWarehouse.with(Recordings.plan(), on: .sqlite) { test in
            let other = Self.message(["rsvp_id": "2", "member": #"{"member_id":2}"#])
            let batch = try test.batch([line, other], sequence: 1)
            #expect(batch.entry.malformed == 1)
            _ = try test.warehouse.merge([batch])
            let members = try test.warehouse.query("SELECT member_id FROM members").rows
            #expect(members == [[.integer(2)]])
            let counters = try test.warehouse.counters(stream: "rsvps")
            #expect(counters.malformed == 1 && counters.events == 2 && counters.revisions == 1)
        }
        let error = #expect(throws: MappingError.self) { try Self.add(line) }
        #expect(error?.description == reason)
    }

    @Test(arguments: ["[]", "1", "\"text\"", "null"])
    func whatIsNoObjectIsRefused(line: String) throws {
        #expect(throws: MappingError.notAnObject) { try Self.add(line) }
    }

    @Test(
        arguments: [
            ("venue", "null"), ("venue", "{}"), ("venue", "0"), ("venue", #""""#), ("venue", "false"), ("venue", nil),
            ("guests", "1.0"), ("member", #"{"member_id":1,"other_services":null}"#),
            ("group", #"{"group_id":1,"group_topics":[]}"#), ("unmapped", #"{"any":[1,{}]}"#),
            ("member", #"{"member_id":"x","member_id":1}"#.replacing("\"x\"", with: "9")),
        ] as [(String, String?)])
    func whatSaysNothingIsNoFault(key: String, value: String?) throws {
        try Self.add(Self.message([key: value]))
    }

    @Test func theLastOfARepeatedNameCounts() throws {
        let twice = Self.message([
            "member":
                #"{"member_id":1,"member_name":"old","member_name":"new","other_services":{"a":{},"b":{},"a":{"identifier":"2"}}}"#,
            "venue": #"{"venue_id":1,"venue_name":"gone"},"venue":{"venue_id":2}"#,
        ])
        try TestWarehouse.with(Recordings.plan(), on: .sqlite) { test in
            _ = try test.warehouse.merge([test.batch([twice], sequence: 1)])
            #expect(try test.digests == Recordings.oracle([twice]))
            #expect(try test.warehouse.query("SELECT venue_id, venue_name FROM venues").rows == [[2, nil]])
        }
    }

    private static func add(_ line: String) throws {
        let parser = try JSONParser()
        var builder = try DeltaBuilder(plan: Recordings.plan())
        try parser.parse(Array(line.utf8)) { try builder.add($0) }
    }
}
