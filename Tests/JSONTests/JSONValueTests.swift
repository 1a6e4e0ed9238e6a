import JSON
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-9223372036854775808", "1.5", "1e+20", #""""#, "[]", "{}", "[[],{}]",
        #"{"z":1,"a":[null,{"b":"c"}]}"#, #"{"a":1,"a":2}"#,
    ])
    func writesWhatItHasRead(text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test(arguments: [
        (#""\/""#, #""/""#), (#""\u0041\u00fc\u2028""#, "\"Aü\u{2028}\""), (#"{ "a" : [ 1 , 2 ] }"#, #"{"a":[1,2]}"#),
        (#""\u0000\u0001\u001f\b\f\n\r\t\"\\""#, #""\u0000\u0001\u001f\b\f\n\r\t\"\\""#),
        ("\"\u{7F}\"", "\"\u{7F}\""), ("1.0", "1.0"), ("1E2", "100.0"),
    ])
    func writesOneTextForOneValue(text: String, canonical: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.text == canonical)
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test func writesEveryScalarSoThatItCanBeRead() throws {
        let scalars = (0...0x10FFFF).lazy.filter { $0 < 0x800 || $0 % 251 == 0 }.compactMap { Unicode.Scalar($0) }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let value: JSONValue = ["text": .string(text)]
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test func writesNumbersThatAreNotFiniteAsNull() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text == "[null,null]")
    }

    @Test func readsMembersByKind() throws {
        let value: JSONValue = [
            "s": "x", "i": 1, "d": .number(2), "h": .number(0.5), "b": true, "a": [1], "o": [:], "n": nil,
        ]
        #expect(try value.requiredString("s") == "x")
        #expect(try value.requiredInteger("i") == 1)
        #expect(try value.requiredInteger("d") == 2)
        #expect(try value.requiredNumber("i") == 1)
        #expect(try value.requiredNumber("h") == 0.5)
        #expect(value["b"]?.boolean == true)
        #expect(try value.requiredArray("a") == [1])
        #expect(try value.requiredObject("o") == [:])
        #expect(value["n"] == JSONValue.null)
        #expect(value["x"] == nil)
        #expect(JSONValue.string("x")["s"] == nil)
    }

    @Test func namesTheMemberThatIsMissing() {
        let value: JSONValue = ["s": 1, "h": .number(0.5)]
        #expect(throws: JSONError.mismatch(path: "s", wanted: "a text")) { try value.requiredString("s") }
        #expect(throws: JSONError.mismatch(path: "h", wanted: "an integer")) { try value.requiredInteger("h") }
        #expect(throws: JSONError.mismatch(path: "x", wanted: "a number")) { try value.requiredNumber("x") }
        #expect(throws: JSONError.mismatch(path: "s", wanted: "an array")) { try value.requiredArray("s") }
        #expect(throws: JSONError.mismatch(path: "s", wanted: "an object")) { try value.requiredObject("s") }
    }

    @Test func limitsTheDepthOfControlMessages() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + "0" + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(JSONValue.controlDepth))
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(JSONValue.controlDepth + 1)) }
    }
}
