import JSON
import Testing

@testable import Scoring

@Suite struct TokenHashTests {
    @Test(
        arguments: [
            ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
        ] as [(String, UInt64)])
    func bytesGoThroughFNV1a(text: String, state: UInt64) {
        // The vectors of the FNV reference (draft-eastlake-fnv, appendix C).
        var hash = TokenHash()
        for byte in text.utf8 { hash.combine(byte) }
        #expect(hash.state == state)
    }

    @Test(
        arguments: [
            (#"{"name": "country", "path": "v"}"#, #""us""#, 227_204),
            (#"{"name": "city", "path": "v"}"#, #""Zürich""#, 178_247),
            (#"{"name": "group", "path": "v"}"#, "13434212", 3238),
            (#"{"name": "lead", "path": "v"}"#, "-1", 249_166),
            (#"{"name": "lat", "path": "v"}"#, "35.6805", 34_334),
            (#"{"name": "open", "path": "v"}"#, "true", 122_193),
            (#"{"name": "open", "path": "v"}"#, "false", 93_374),
            (#"{"name": "venue", "path": "v"}"#, "null", 200_322),
            (#"{"name": "cross", "paths": ["w", "v"]}"#, "7", 42_512),
        ] as [(String, String, Int)])
    func slotsAreThoseOfAnotherImplementation(feature: String, value: String, slot: Int) throws {
        // Computed from the specification by a program in another language.
        var extractor = FeatureExtractor(try FeatureSpecification(json: JSONValue(parsing: "[\(feature)]")))
        try JSONParser().parse(Array(#"{"w": "us", "v": \#(value)}"#.utf8)) { extractor.extract($0) }
        #expect(extractor.slots.slots == [slot])
    }
}
