import Testing

@testable import JSON

@Suite struct JSONKeySetTests {
    /// Integers of the members of those names; nil where a name gives an absent element.
    private func read(_ names: [JSONKey], _ text: String) throws -> [Int64?] {
        try JSONParser().parse(Array(text.utf8)) { root in
            var values = Array(repeating: JSONElement.absent, count: names.count)
            values.withUnsafeMutableBufferPointer { JSONKeySet(names).read(root, into: $0) }
            return values.map { $0.isPresent ? $0.integer : nil }
        }
    }

    @Test(
        arguments: [
            (["a", "b"], #"{"b":2,"a":1}"#, [1, 2]),
            (["a", "b"], #"{"c":[{"a":7}],"b":2}"#, [nil, 2]),
            (["a"], #"{"a":1,"a":2,"b":3}"#, [2]),
            (["a", "a"], #"{"a":1}"#, [1, 1]),
            (["", "a"], #"{"":1,"a":2}"#, [1, 2]),
            (["group_id", "group_lat", "group_lon"], #"{"group_lon":3,"group_id":1,"group_lat":2}"#, [1, 2, 3]),
            (["event_na", "event_name"], #"{"event_name":2,"event_nam":3}"#, [nil, 2]),
            (["a\0"], #"{"a":1,"a\u0000":2}"#, [2]),
            (["größe"], #"{"gr\u00f6\u00dfe":5}"#, [5]),
            (["a", "b"], "[1,2]", [nil, nil]),
            (["a"], "1", [nil]),
            ([], #"{"a":1}"#, []),
        ] as [([JSONKey], String, [Int64?])])
    func findsTheMembersOfItsNames(names: [JSONKey], text: String, values: [Int64?]) throws {
        #expect(try read(names, text) == values)
    }

    @Test func whatIsAbsentHasNoMembers() {
        var values = [JSONElement.absent]
        values.withUnsafeMutableBufferPointer { JSONKeySet(["a"]).read(.absent, into: $0) }
        #expect(!values[0].isPresent)
    }
}
