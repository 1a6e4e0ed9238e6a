import Glibc

/// Times as S3 and the instance metadata write them: `2009-10-12T17:50:30.000Z`, with or without a fraction (RFC 3339, in
/// UTC).
enum InternetTime {
    /// Milliseconds since 1970; nil where the text is no such time.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int32? {
            Int32(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        let fraction = String(decoding: bytes[19..<bytes.count - 1].dropFirst().prefix(3), as: UTF8.self)
        let milliseconds = Int64(fraction + String(repeating: "0", count: 3 - fraction.utf8.count)) ?? 0
        return Int64(timegm(&parts)) * 1000 + milliseconds
    }
}
