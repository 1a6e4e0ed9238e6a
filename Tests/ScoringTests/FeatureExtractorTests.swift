import JSON
import Testing

@testable import Scoring

@Suite struct FeatureExtractorTests {
    /// The operand of a token as the hash sees it.
    enum Part {
        case missing, text(String), integer(Int64), millionths(Int64), truth(Bool)
    }

    /// What the specification of `TokenHash` says of a token.
    static func slot(_ name: String, _ parts: [Part]) -> Int {
        var hash = TokenHash()
        for word in words(.text(name)) + parts.flatMap(words) { hash.combine(word: word) }
        return hash.slot
    }

    private static func words(_ part: Part) -> [UInt64] {
        switch part {
        case .missing: return [0]
        case .text(let text):
            let bytes = Array(text.utf8)
            let words = stride(from: 0, to: bytes.count, by: 8).map { start in
                bytes[start...].prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            return [1 + 8 * UInt64(bytes.count)] + words
        case .integer(let value): return [2, UInt64(bitPattern: value)]
        case .millionths(let value): return [3, UInt64(bitPattern: value)]
        case .truth(let value): return [value ? 12 : 4]
        }
    }

    static func slots(_ feature: String, _ event: String) throws -> [Int] {
        var extractor = FeatureExtractor(try FeatureSpecification(json: JSONValue(parsing: "[\(feature)]")))
        return try JSONParser().parse(Array(event.utf8)) { event in
            extractor.extract(event)
            return extractor.slots.slots
        }
    }

    /// 2015-03-08 04:22:48 UTC, a Sunday.
    static let time: Int64 = 1_425_788_568_167

    @Test(
        arguments: [
            (#""path": "v""#, #"{"v": "us"}"#, .text("us")),
            (#""path": "v""#, #"{"v": ""}"#, .text("")),
            (#""path": "v""#, #"{"v": 41}"#, .integer(41)),
            (#""path": "v""#, #"{"v": 41.0}"#, .integer(41)),
            (#""path": "v""#, #"{"v": -78.6061554}"#, .millionths(-78_606_155)),
            (#""path": "v""#, #"{"v": 0.0000001}"#, .integer(0)),
            (#""path": "v""#, #"{"v": 18446744073709551615}"#, .missing),
            (#""path": "v""#, #"{"v": true}"#, .truth(true)),
            (#""path": "v""#, #"{"v": null}"#, .missing),
            (#""path": "v""#, #"{}"#, .missing),
            (#""path": "v""#, #"{"v": {"a": 1}}"#, .missing),
            (#""path": "v""#, #"{"v": 1, "v": 2}"#, .integer(2)),
            (#""path": "a.b""#, #"{"a": {"b": "x"}}"#, .text("x")),
            (#""path": "a.b""#, #"{"a": 5}"#, .missing),
            (#""path": "v", "transform": "presence""#, #"{"v": "us"}"#, .integer(1)),
            (#""path": "v", "transform": "presence""#, #"{"v": null}"#, .integer(0)),
            (#""path": "v", "transform": "lower_case""#, #"{"v": "New YORK Ü"}"#, .text("new york Ü")),
            (#""path": "v", "transform": "lower_case""#, #"{"v": 5}"#, .integer(5)),
            (#""path": "v", "transform": "count""#, #"{"v": [1, null, {}]}"#, .integer(3)),
            (#""path": "v", "transform": "count""#, #"{"v": {"a": 1, "b": 2}}"#, .integer(2)),
            (#""path": "v", "transform": "count""#, #"{}"#, .integer(0)),
            (#""path": "v", "transform": "count""#, #"{"v": "x"}"#, .missing),
            (#""path": "v", "transform": {"buckets": [1, 5.5]}"#, #"{"v": 0}"#, .integer(0)),
            (#""path": "v", "transform": {"buckets": [1, 5.5]}"#, #"{"v": 1}"#, .integer(1)),
            (#""path": "v", "transform": {"buckets": [1, 5.5]}"#, #"{"v": 5.5}"#, .integer(2)),
            (#""path": "v", "transform": {"buckets": [1, 5.5]}"#, #"{"v": "5"}"#, .missing),
            (#""path": "v", "transforms": ["count", {"buckets": [2]}]"#, #"{"v": [1, 2]}"#, .integer(1)),
            (#""path": "v", "transform": {"grid": 0.5}"#, #"{"v": -78.61}"#, .integer(-158)),
            (#""path": "v", "transform": {"grid": 2}"#, #"{"v": 5}"#, .integer(2)),
            (#""path": "v", "transform": {"grid": 2}"#, #"{"v": -5}"#, .integer(-3)),
            (#""path": "v", "transform": {"grid": 2}"#, #"{"v": 9007199254740993}"#, .integer(4_503_599_627_370_496)),
            (#""path": "v", "transform": {"grid": 0.5}"#, #"{"v": 9007199254740993}"#, .missing),
        ] as [(String, String, Part)])
    func aValueBecomesAToken(feature: String, event: String, part: Part) throws {
        let slots = try Self.slots(#"{"name": "f", \#(feature)}"#, event)
        #expect(slots == [Self.slot("f", [part])])
    }

    @Test(
        arguments: [
            (0, "0"), (3_599_999, "0"), (3_600_000, "1"), (2 * 3_600_000, "2"), (4 * 3_600_000 - 1, "2"),
            (4 * 3_600_000, "3"), (-1, "-1"), (-3_600_000, "-2"),
        ] as [(Int64, String)])
    func aDifferenceOfTimesIsCutToBitLengths(difference: Int64, token: String) throws {
        let slots = try Self.slots(
            #"{"name": "f", "path": "v", "transform": {"log2_difference": {"minus": "m", "unit": "hour"}}}"#,
            #"{"m": \#(Self.time), "v": \#(Self.time + difference)}"#)
        #expect(slots == [Self.slot("f", [.integer(try #require(Int64(token)))])])
    }

    @Test(
        arguments: [
            (#""hour_of_week""#, 6 * 24 + 4), (#""hour_of_day""#, 4), (#""day_of_week""#, 6),
            (#"{"hour_of_day": {"offset_minutes": -300}}"#, 23), (#"{"day_of_week": {"offset_minutes": -300}}"#, 5),
            (#"{"hour_of_day": {"longitude": "lon"}}"#, 23), (#"{"hour_of_day": {"longitude": "none"}}"#, 4),
        ] as [(String, Int64)])
    func aTimeBecomesAnHourOrADay(transform: String, token: Int64) throws {
        let slots = try Self.slots(
            #"{"name": "f", "path": "v", "transform": \#(transform)}"#, #"{"v": \#(Self.time), "lon": -78.61}"#)
        #expect(slots == [Self.slot("f", [.integer(token)])])
    }

    @Test func aListGivesATokenAnElementAndEachTokenOnce() throws {
        let slots = try Self.slots(
            #"{"name": "f", "each": "a.list", "paths": ["c", "@.k"]}"#,
            #"{"c": "us", "a": {"list": [{"k": "x"}, {"k": "y"}, {"k": "x"}, {}]}}"#)
        let expected: [[Part]] = [
            [.text("us"), .text("x")], [.text("us"), .text("y")], [.text("us"), .missing],
        ]
        #expect(slots == expected.map { Self.slot("f", $0) })
    }

    @Test func aMapGivesItsKeysAndAListItsElements() throws {
        let map = try Self.slots(#"{"name": "f", "each": "m", "paths": ["@key", "@.i"]}"#, #"{"m": {"x": {"i": 1}}}"#)
        #expect(map == [Self.slot("f", [.text("x"), .integer(1)])])
        let list = try Self.slots(#"{"name": "f", "each": "m", "path": "@"}"#, #"{"m": ["x", 2]}"#)
        #expect(list == [Self.slot("f", [.text("x")]), Self.slot("f", [.integer(2)])])
        let none = try Self.slots(#"{"name": "f", "each": "m", "path": "@"}"#, #"{"m": "x"}"#)
        #expect(none.isEmpty)
    }

    @Test func nothingOfAnEventStaysForTheNext() throws {
        let json = #"[{"name": "a", "path": "x.y"}, {"name": "b", "each": "l", "path": "@"}]"#
        var extractor = FeatureExtractor(try FeatureSpecification(json: JSONValue(parsing: json)))
        let parser = try JSONParser()
        try parser.parse(Array(#"{"x": {"y": 1}, "l": [1, 2]}"#.utf8)) { extractor.extract($0) }
        #expect(extractor.slots.slots.count == 3)
        try parser.parse(Array(#"{}"#.utf8)) { extractor.extract($0) }
        #expect(extractor.slots.slots == [Self.slot("a", [.missing])])
    }

    @Test func aThousandTokensAreAllKept() throws {
        let elements = (0..<1000).map { "\($0)" }.joined(separator: ",")
        let slots = try Self.slots(#"{"name": "f", "each": "l", "path": "@"}"#, #"{"l": [\#(elements)]}"#)
        let expected = Set((0..<1000).map { Self.slot("f", [.integer($0)]) })
        #expect(Set(slots) == expected)
        #expect(slots.count == expected.count)
    }
}
