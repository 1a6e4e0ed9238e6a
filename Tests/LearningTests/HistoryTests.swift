import JSON
import Scoring
import StreamDefinition
import Testing

@testable import Learning

@Suite struct HistoryTests {
    /// A specification that uses every kind of transform on the columns of the recordings.
    private static let features = """
        [{"name": "country", "path": "group.group_country"}, {"name": "state", "path": "group.group_state"},
         {"name": "name", "path": "group.group_name", "transform": "lower_case"}, {"name": "event", "path": "event.event_id"},
         {"name": "lat", "path": "venue.lat"}, {"name": "lon", "path": "group.group_lon", "transform": {"grid": 0.25}},
         {"name": "photo", "path": "member.photo", "transform": "presence"}, {"name": "guests", "path": "guests"},
         {"name": "lead", "path": "event.time", "transform": {"log2_difference": {"minus": "mtime", "unit": "hour"}}},
         {"name": "hour", "path": "mtime", "transform": {"hour_of_week": {"longitude": "venue.lon"}}},
         {"name": "topics", "path": "group.group_topics", "transform": "count"},
         {"name": "services", "path": "member.other_services", "transforms": ["count", {"buckets": [1, 2]}]},
         {"name": "topic", "each": "group.group_topics", "paths": ["group.group_country", "@.urlkey"]},
         {"name": "topic name", "each": "group.group_topics", "path": "@.topic_name"},
         {"name": "service", "each": "member.other_services", "paths": ["@key", "@.identifier"]},
         {"name": "age", "path": "rsvp_id", "transform": {"log2_age": {"at": "mtime", "unit": "hour",
           "frontier": [[1488646042, 1413436138000], [1658878916, 1489926608318]]}}}]
        """

    @Test(arguments: Fixture.recordings) func rowsGiveTheTokensOfTheirMessages(recording: String) throws {
        let plan = try Fixture.plan()
        let learning = try #require(plan.learning)
        let features = try FeatureSpecification(json: JSONValue(parsing: Self.features))
        let parser = try JSONParser()
        var extractor = FeatureExtractor(features)
        var compared = 0
        for lot in try Self.lots(of: Fixture.recording(recording)) {
            let warehouse = try TestWarehouse(plan)
            try warehouse.merge(lot)
            var expected: [[Int]: Int] = [:]
            for line in lot {
                try parser.parse(line) { event in
                    guard learning.label.label(of: event) != nil else { return }
                    extractor.extract(event)
                    expected[extractor.slots.slots.sorted(), default: 0] += 1
                }
            }
            let history = try History(plan, features: features, label: learning.label, in: warehouse.reader())
            try history.forEachExample { _ in
                expected[history.extractor.slots.slots.sorted(), default: 0] -= 1
                compared += 1
            }
            #expect(expected.values.allSatisfy { $0 == 0 })
        }
        #expect(compared > 1200)
    }

    /// Messages in lots, such that no message of a lot changes what another one of it says of a member, a group, an
    /// event, a venue or an RSVP.
    private static func lots(of lines: [[UInt8]]) throws -> [[[UInt8]]] {
        var lots: [(lines: [[UInt8]], keys: Set<String>)] = []
        for line in lines {
            let keys = dimensions(try JSONValue(parsing: line))
            if let index = lots.firstIndex(where: { $0.keys.isDisjoint(with: keys) }) {
                lots[index].lines.append(line)
                lots[index].keys.formUnion(keys)
            } else if lots.count < 24 {
                lots.append(([line], keys))
            }
        }
        return lots.map(\.lines)
    }

    /// The keys of the dimensions that a message states.
    private static func dimensions(_ json: JSONValue) -> Set<String> {
        var keys: Set<String> = []
        for (path, name) in [
            ("member", "member_id"), ("group", "group_id"), ("event", "event_id"), ("venue", "venue_id"),
        ] {
            if let key = json[path]?[name] { keys.insert("\(path) \(key.text)") }
        }
        if let key = json["rsvp_id"] { keys.insert("rsvp \(key.text)") }
        return keys
    }

    @Test func examplesComeInTheOrderOfTimeAndWithoutUnlabelledOnes() throws {
        let plan = try ToyStream.plan()
        let learning = try #require(plan.learning)
        let warehouse = try TestWarehouse(plan)
        try warehouse.merge(ToyStream.lines(50, label: { $0 % 5 == 4 ? "?" : $0 % 2 == 0 ? "y" : "n" }).shuffled())
        let history = try History(
            plan, features: learning.features, label: learning.label, in: warehouse.reader())
        var times: [Int64] = []
        var labels: [Bool] = []
        try history.forEachExample {
            times.append($0.time)
            labels.append($0.label)
        }
        let expected = (0..<50).filter { $0 % 5 != 4 }
        #expect(times == expected.map { 1_000_000 + Int64($0) })
        #expect(labels == expected.map { $0 % 2 == 0 })
        let counts = try history.counts(after: 1_000_030)
        #expect((counts.examples, counts.positives) == (40, Int64(expected.count { $0 % 2 == 0 })))
        #expect(counts.later == Int64(expected.count { $0 > 30 }))
        var rest = 0
        try history.forEachExample(from: 35) { _ in rest += 1 }
        #expect(rest == 5)
    }

    /// The tables hold 1 and 0; what a model sees on an edge is true and false.
    @Test func truthsOfTheTablesAreTruthsAgain() throws {
        let plan = try StreamPlan(
            json: Array(
                """
                {"stream": "orders", "version": 1,
                 "source": {"url": "wss://shop.example/orders", "transport": "websocket", "silence": "60 s"},
                 "event": {"identity": "order", "time": "at"},
                 "tables": [
                  {"name": "shops", "keep": "newest", "key": ["shop"], "columns": [
                    {"name": "shop", "type": "integer", "path": "shop"},
                    {"name": "open", "type": "boolean", "path": "open"}]},
                  {"name": "parts", "keep": "with", "of": "shops", "each": "parts", "key": ["shop", "part"], "columns": [
                    {"name": "shop", "type": "integer", "path": "shop", "references": "shops"},
                    {"name": "part", "type": "text", "path": "@.part"},
                    {"name": "heavy", "type": "boolean", "path": "@.heavy"}]},
                  {"name": "orders", "keep": "latest", "of": "states", "key": ["order"], "columns": [
                    {"name": "order", "type": "integer", "path": "order"}, {"name": "at", "type": "integer", "path": "at"},
                    {"name": "shop", "type": "integer", "path": "shop", "references": "shops"}]},
                  {"name": "states", "keep": "revisions", "key": ["order", "at", "kept"], "columns": [
                    {"name": "order", "type": "integer", "path": "order", "references": "orders"},
                    {"name": "at", "type": "integer", "path": "at"},
                    {"name": "kept", "type": "boolean", "path": "kept"}]}],
                 "learning": {"label": {"path": "kept", "positive": [true], "negative": [false]},
                  "features": [{"name": "open", "path": "open"}, {"name": "heavy", "each": "parts", "path": "@.heavy"}]}}
                """.utf8), source: "orders.json")
        let learning = try #require(plan.learning)
        let lines = [
            #"{"order":1,"at":1,"shop":1,"open":true,"kept":true,"parts":[{"part":"a","heavy":false},{"part":"b"}]}"#,
            #"{"order":2,"at":2,"shop":2,"open":false,"kept":false,"parts":[{"part":"a","heavy":true}]}"#,
        ].map { Array($0.utf8) }
        let warehouse = try TestWarehouse(plan)
        try warehouse.merge(lines)
        let history = try History(plan, features: learning.features, label: learning.label, in: warehouse.reader())
        let parser = try JSONParser()
        var extractor = FeatureExtractor(learning.features)
        var labels: [Bool] = []
        try history.forEachExample { example in
            try parser.parse(lines[labels.count]) { extractor.extract($0) }
            #expect(history.extractor.slots.slots.sorted() == extractor.slots.slots.sorted())
            labels.append(example.label)
        }
        #expect(labels == [true, false])
    }

    @Test func aPathWithoutAColumnIsNamed() throws {
        let plan = try ToyStream.plan()
        let learning = try #require(plan.learning)
        let features = try FeatureSpecification(json: [["name": "x", "path": "shop.owner"]])
        let warehouse = try TestWarehouse(plan)
        #expect(throws: LearningError.noColumn(path: "shop.owner")) {
            try History(plan, features: features, label: learning.label, in: warehouse.reader())
        }
    }

    @Test func anEventMadeFromARowGivesTheSameTokens() throws {
        let plan = try Fixture.plan()
        let learning = try #require(plan.learning)
        let features = try FeatureSpecification(json: JSONValue(parsing: Self.features))
        let warehouse = try TestWarehouse(plan)
        try warehouse.merge(try Fixture.recording(Fixture.recordings[0]).prefix(300))
        let history = try History(plan, features: features, label: learning.label, in: warehouse.reader())
        let parser = try JSONParser()
        var extractor = FeatureExtractor(features)
        var count = 0
        try history.forEachExample { _ in
            let event = history.extractor.inputs.event(layout: history.extractor.layout, isWhole: true)
            try parser.parse(event.bytes) { extractor.extract($0) }
            #expect(extractor.slots.slots == history.extractor.slots.slots)
            #expect(event["response"] == nil && event["member"]?["member_name"] == nil)
            count += 1
        }
        #expect(count > 200)
    }
}
