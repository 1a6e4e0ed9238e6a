import Cryptography
import JSON

/// The parser takes other instructions on each processor: what it reads and what it refuses must not change.
struct JSONCheck {
    let material: Material

    private static let texts = [
        "0", "-0", "-0.0", "0.1", "1e-7", "5e-324", "1.7976931348623157e308", "2.2250738585072011e-308", "1e309",
        "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "3.141592653589793238462643383279", "01", "1.", ".5", "+1", "NaN", "true", "nul", "",
        #""é\u00e9\ud83d\ude00\/\n""#, #""\ud800""#, #""\x""#, "\"\u{0}\"", #"{"a":1,"a":2}"#, #"{"a"}"#, "[1,]",
        "[1] 2", " [ ] ", String(repeating: "[", count: 32) + "1" + String(repeating: "]", count: 32),
        String(repeating: "[", count: 33) + "1" + String(repeating: "]", count: 33),
    ]
    private static let invalidUTF8: [[UInt8]] = [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80]]

    func run() throws {
        let quote = UInt8(ascii: "\"")
        for text in Self.texts.map({ Array($0.utf8) }) + Self.invalidUTF8.map({ [quote] + $0 + [quote] }) {
            let written = read(text)?.text ?? "refused"
            SelfCheck.report("JSON \(Hexadecimal.encode(text))", written)
        }

        let hash = SHA256()
        var refused = 0
        for line in material.lines {
            if let value = read(line) { hash.update(value.bytes) } else { refused += 1 }
        }
        SelfCheck.report("messages", "\(material.lines.count), \(refused) refused")
        SelfCheck.report("messages, read and written", Hexadecimal.encode(hash.digest()))
    }

    /// The value of that text; nil where it is refused.
    private func read(_ text: [UInt8]) -> JSONValue? {
        do throws(JSONError) { return try JSONValue(parsing: text) } catch { return nil }
    }
}
