import Glibc
import JSON
import Testing

@Suite struct JSONParserTests {
    private let parser: JSONParser

    init() throws {
        parser = try JSONParser()
    }

    private func parse<Result>(_ text: String, _ body: (JSONElement) throws -> Result) throws -> Result {
        try parser.parse(Array(text.utf8), body)
    }

    @Test func readsEachKind() throws {
        let text = #"{"n":null,"b":true,"i":-7,"d":1.5,"s":"grü\n","a":[1,2],"o":{"x":0}}"#
        try parse(text) { root in
            #expect(root.kind == .object)
            #expect(root["n"]?.kind == .null)
            #expect(root["b"]?.boolean == true)
            #expect(root["i"]?.integer == -7)
            #expect(root["d"]?.number == 1.5)
            #expect(root["s"]?.string == "grü\n")
            #expect(root["a"]?.kind == .array)
            #expect(root[JSONPath("o.x")]?.integer == 0)
            #expect(root["missing"]?.kind == nil)
            #expect(root["i"]?["x"]?.kind == nil)
        }
    }

    @Test func readsNothingBehindAPageThatEndsWithTheText() throws {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let pages = try #require(mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(pages, 2 * page) }
        try #require(mprotect(pages + page, page, PROT_NONE) == 0)
        let text = Array(#"{"a":[1,2,3],"b":"text"}"#.utf8)
        for distance in 0...80 {
            let start = pages + (page - text.count - distance)
            start.copyMemory(from: text, byteCount: text.count)
            let bytes = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: text.count)
            let found = try parser.parse(bytes) { $0["b"]?.string }
            #expect(found == "text", "\(distance) bytes before the end of the page")
        }
    }

    @Test func walksArraysAndObjectsInOrder() throws {
        try parse(#"[{"b":1,"a":2},[],"x",{}]"#) { root in
            var kinds: [JSONElement.Kind] = []
            root.forEachElement { kinds.append($0.kind) }
            #expect(kinds == [.object, .array, .string, .object])
            var members: [String] = []
            root.forEachElement { element in
                element.forEachMember { key, value in
                    members.append("\(String(decoding: key, as: UTF8.self))=\(value.integer ?? -1)")
                }
            }
            #expect(members == ["b=1", "a=2"])
            root.forEachMember { _, _ in Issue.record("an array has no members") }
        }
    }

    @Test(arguments: [
        ("null", true), ("[]", true), ("{}", true), ("[null]", false), (#"{"":0}"#, false), ("0", false),
        (#""""#, false),
    ])
    func knowsWhatIsEmpty(text: String, isEmpty: Bool) throws {
        #expect(try parse(text) { $0.isEmpty } == isEmpty)
    }

    @Test func readsTheLastOfARepeatedKey() throws {
        #expect(try parse(#"{"a":1,"b":5,"a":2}"#) { $0["a"]?.integer } == 2)
        #expect(try parse(#"{"a":1,"\u0061":3}"#) { $0["a"]?.integer } == 3, "an escaped key is the same key")
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"]?.integer == 2)
    }

    @Test(arguments: [
        ("9223372036854775807", JSONElement.Kind.integer, Int64?.some(.max), 9223372036854775807.0),
        ("-9223372036854775808", .integer, Int64.min, -9223372036854775808.0),
        ("9223372036854775808", .number, nil, 9223372036854775808.0),
        ("18446744073709551615", .number, nil, 18446744073709551615.0),
        ("1e3", .number, 1000, 1000), ("1.0", .number, 1, 1), ("1.5", .number, nil, 1.5), ("-0", .integer, 0, 0),
        ("1e300", .number, nil, 1e300),
    ])
    func readsNumbersUpTo64Bits(text: String, kind: JSONElement.Kind, integer: Int64?, number: Double) throws {
        try parse(text) { element in
            #expect(element.kind == kind)
            #expect(element.integer == integer)
            #expect(element.number == number)
        }
    }

    @Test(arguments: [
        "", " ", "18446744073709551616", "-9223372036854775809", "01", "1.", ".5", "+1", "NaN", "1e999", "tru", "nul",
        "{",
        "[1,]", #"{"a":1,}"#, #"{a:1}"#, "'a'", #""a"#, #""\x""#, "\"\t\"", "1 2", "{}{}", "[1]x",
    ])
    func refusesWhatIsNoDocument(text: String) {
        #expect(throws: JSONError.self) { try parse(text) { _ in } }
    }

    @Test func readsSurrogatesAsPairsAlone() throws {
        #expect(try parse(#""\ud83c\udf89""#) { $0.string } == "🎉")
        for text in [#""\ud83c""#, #""\udf89""#, #""\ud83c\u0041""#, #""\ud83cx""#] {
            #expect(throws: JSONError.self, "\(text)") { try parse(text) { _ in } }
        }
    }

    @Test(arguments: [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(throws: JSONError.self) { try parser.parse(quote + bytes + quote) { _ in } }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func limitsTheDepth(opening: String, closing: String) throws {
        let nested = { (depth: Int) in
            String(repeating: opening, count: depth) + "0" + String(repeating: closing, count: depth)
        }
        let deepest = (1...64).filter { depth in
            do {
                try parse(nested(depth)) { _ in }
                return true
            } catch {
                return false
            }
        }
        #expect(deepest == Array(1...JSONParser.eventDepth))
    }

    @Test func goesOnAfterAnErrorAndAfterALongText() throws {
        #expect(throws: JSONError.self) { try parse("[") { _ in } }
        let long = "[\(String(repeating: "1,", count: 200_000))1]"
        var count = 0
        try parse(long) { $0.forEachElement { _ in count += 1 } }
        #expect(count == 200_001)
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 200_000)) { _ in } }
        var elements: [Int64?] = []
        try parse("[7]") { $0.forEachElement { elements.append($0.integer) } }
        #expect(elements == [7])
    }

    @Test func handsOverTextWithoutACopy() throws {
        let bytes = try parse(#"["a\u0000b",1]"#) { root in
            var found: [[UInt8]?] = []
            root.forEachElement { element in found.append(element.withUTF8 { Array($0) }) }
            return found
        }
        #expect(bytes == [[0x61, 0, 0x62], nil])
    }
}
