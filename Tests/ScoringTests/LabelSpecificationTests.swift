import JSON
import Testing

@testable import Scoring

@Suite struct LabelSpecificationTests {
    static let json = #"{"path":"a.b","positive":["yes",1,true],"negative":["no",0]}"#

    @Test(
        arguments: [
            (#"{"a": {"b": "yes"}}"#, true), (#"{"a": {"b": "no"}}"#, false), (#"{"a": {"b": "perhaps"}}"#, nil),
            (#"{"a": {"b": 1}}"#, true), (#"{"a": {"b": 0}}"#, false), (#"{"a": {"b": true}}"#, true),
            (#"{"a": {"b": null}}"#, nil), (#"{}"#, nil), (#"{"a": {"b": ["yes"]}}"#, nil),
        ] as [(String, Bool?)])
    func anEventHasOneLabelOrNone(event: String, label: Bool?) throws {
        let specification = try LabelSpecification(json: JSONValue(parsing: Self.json))
        #expect(try JSONParser().parse(Array(event.utf8)) { specification.label(of: $0) } == label)
    }

    @Test func whatIsReadIsWrittenBack() throws {
        #expect(try LabelSpecification(json: JSONValue(parsing: Self.json)).json.text == Self.json)
    }

    @Test(arguments: [
        #"{"positive": ["yes"], "negative": ["no"]}"#, #"{"path": "a", "positive": [], "negative": ["no"]}"#,
        #"{"path": "a", "positive": ["yes"]}"#, #"{"path": "a", "positive": ["yes"], "negative": ["yes"]}"#,
        #"{"path": "a", "positive": [{}], "negative": ["no"]}"#, #"{"path": "@a", "positive": [1], "negative": [2]}"#,
        #"{"path": "a", "positive": [1], "negative": [2], "neutral": [3]}"#,
    ])
    func aFaultIsRefused(json: String) throws {
        let value = try JSONValue(parsing: json)
        #expect(throws: ScoringError.self) { try LabelSpecification(json: value) }
    }
}
