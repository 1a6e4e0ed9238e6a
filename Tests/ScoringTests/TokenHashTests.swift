import JSON
import Testing

@testable import Scoring

@Suite struct TokenHashTests {
    @Test(
        arguments: [
            ("", 0x5A84_1910_3EBE_48E4), ("a", 0x9ED1_0D98_C531_6F2D), ("foobar", 0x7DF0_50B8_5D15_81FA),
            ("Zürich am See", 0x6DFF_6199_1D90_7285),
        ] as [(String, UInt64)])
    func textsGoInEightBytesAtATime(text: String, state: UInt64) {
        // Computed from the specification by a program in another language.
        var hash = TokenHash()
        Array(text.utf8).withUnsafeBufferPointer { hash.combine(text: $0) }
        #expect(hash.state == state)
    }

    @Test(
        arguments: [
            (#"{"name": "country", "path": "v"}"#, #""us""#, 210_473),
            (#"{"name": "city", "path": "v"}"#, #""Zürich""#, 107_727),
            (#"{"name": "group", "path": "v"}"#, "13434212", 140_625),
            (#"{"name": "lead", "path": "v"}"#, "-1", 2979),
            (#"{"name": "lat", "path": "v"}"#, "35.6805", 96_768),
            (#"{"name": "open", "path": "v"}"#, "true", 84_511),
            (#"{"name": "open", "path": "v"}"#, "false", 33_873),
            (#"{"name": "venue", "path": "v"}"#, "null", 135_712),
            (#"{"name": "cross", "paths": ["w", "v"]}"#, "7", 251_687),
            (#"{"name": "lower", "path": "v", "transform": "lower_case"}"#, #""KAFFEE @[`{ ÄZ""#, 17_719),
        ] as [(String, String, Int)])
    func slotsAreThoseOfAnotherImplementation(feature: String, value: String, slot: Int) throws {
        // Computed from the specification by a program in another language.
        var extractor = FeatureExtractor(try FeatureSpecification(json: JSONValue(parsing: "[\(feature)]")))
        try JSONParser().parse(Array(#"{"w": "us", "v": \#(value)}"#.utf8)) { extractor.extract($0) }
        #expect(extractor.slots.slots == [slot])
    }
}
