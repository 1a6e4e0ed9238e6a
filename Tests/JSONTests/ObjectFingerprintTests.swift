import JSON
import Testing

/// Objects share a fingerprint exactly when they say the same.
@Suite struct ObjectFingerprintTests {
    private func fingerprint(_ text: String) throws -> ObjectFingerprint? {
        try JSONParser().parse(Array(text.utf8)) { ObjectFingerprint($0) }
    }

    private func inner(_ text: String) throws -> ObjectFingerprint? {
        try JSONParser().parse(Array(text.utf8)) { $0["a"].flatMap { ObjectFingerprint($0) } }
    }

    @Test(arguments: [
        (#"{"a":"x/é","b":[1,{"c":null}]}"#, #" { "a" : "x\/\u00e9" , "b":[1 , {"c":null}]}"#),
        (#"{}"#, #"{ }"#), (#"{"a":1e2}"#, #"{"a":100.0}"#),
    ])
    func whatWasWrittenInAnotherWayIsTheSame(left: String, right: String) throws {
        #expect(try fingerprint(left) != nil)
        #expect(try fingerprint(left) == fingerprint(right))
    }

    /// Each text differs from all others in what it says, and mostly in one thing alone.
    @Test func whatSaysSomethingElseIsAnother() throws {
        let texts = [
            "{}", #"{"a":1}"#, #"{"a":1.0}"#, #"{"a":2}"#, #"{"a":-1}"#, #"{"a":"1"}"#, #"{"a":null}"#, #"{"a":true}"#,
            #"{"a":false}"#, #"{"b":1}"#, #"{"a":[1]}"#, #"{"a":[[1]]}"#, #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":""}"#,
            #"{"":"a"}"#, #"{"a":"b","c":"d"}"#, #"{"a":"bc","":"d"}"#, #"{"a":"b","cd":""}"#, #"{"c":"d","a":"b"}"#,
            #"{"a":["b","c"]}"#, #"{"a":["b"],"c":[]}"#, #"{"a":{"b":"c"}}"#, #"{"a":"b","c":{}}"#, #"{"a":[1,2]}"#,
            #"{"a":[2,1]}"#, #"{"a":9223372036854775807}"#, #"{"a":9223372036854775808}"#, #"{"a":"\u0000"}"#,
            #"{"a":"\u0000\u0000"}"#, #"{"a":"a long text of more than sixteen bytes"}"#,
            #"{"a":"a long text of more than sixteen byteS"}"#,
        ]
        let fingerprints = try texts.map { try fingerprint($0) }
        #expect(Set(fingerprints).count == texts.count && !fingerprints.contains(nil))
    }

    @Test func whereTheObjectStandsDoesNotMatter() throws {
        let first = try inner(#"{"a":{"x":"y","z":[1,{"u":"v"}]}}"#)
        #expect(try first == inner(#"{"before":["some","texts",7],"a":{"x":"y","z":[1,{"u":"v"}]},"after":1}"#))
        #expect(try first == fingerprint(#"{"x":"y","z":[1,{"u":"v"}]}"#))
    }

    @Test(arguments: ["[1]", "1", #""text""#, "null"])
    func onlyObjectsHaveOne(text: String) throws {
        #expect(try fingerprint(text) == nil)
    }
}
