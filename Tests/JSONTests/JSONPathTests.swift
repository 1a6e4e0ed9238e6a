import JSON
import Testing

@Suite struct JSONPathTests {
    @Test func goesDownMemberByMember() throws {
        let bytes = Array(#"{"group":{"group_country":"de","":{"x":1}},"a.b":2}"#.utf8)
        try JSONParser().parse(bytes) { root in
            #expect(root[JSONPath("group.group_country")]?.string == "de")
            #expect(root[JSONPath("group.nothing")]?.kind == nil)
            #expect(root[JSONPath("group.group_country.x")]?.kind == nil)
            #expect(root[JSONPath("")]?.kind == .object)
        }
    }

    @Test func describesItselfAsItIsWritten() {
        #expect(JSONPath("event.event_id").description == "event.event_id")
        #expect(JSONPath("event.event_id").keys == ["event", "event_id"])
        #expect(JSONKey("grün").description == "grün")
    }
}
