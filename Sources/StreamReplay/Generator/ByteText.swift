/// Writing of JSON pieces into bytes without a detour over `String`.
extension [UInt8] {
    /// Appends the literal's UTF-8.
    mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends an integer in decimal digits.
    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// Appends a number given in units of 10^-digits, without trailing zeros: 2510 with two digits is `25.1`.
    mutating func append(decimal value: Int64, fractionDigits: Int) {
        var scale: UInt64 = 1
        for _ in 0..<fractionDigits { scale *= 10 }
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: Int64(value.magnitude / scale))
        var fraction = value.magnitude % scale
        guard fraction > 0 else { return }
        append(UInt8(ascii: "."))
        while fraction > 0 {
            scale /= 10
            append(UInt8(ascii: "0") + UInt8(fraction / scale))
            fraction %= scale
        }
    }

    /// Appends a number in hexadecimal digits, without leading zeros.
    mutating func append(hexadecimal value: UInt64) {
        var shift = 60
        while shift > 0 && value >> shift == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8((value >> shift) & 15)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
    }

    /// Appends a number as `places` letters, `b` for nought, as the service writes the identity of recurring events.
    mutating func append(letters value: Int, places: Int) {
        let alphabet: StaticString = "bcdfghjklmnpqrstvwxz"
        var rest = value
        for _ in 0..<places {
            append(alphabet.utf8Start[rest % 20])
            rest /= 20
        }
    }
}
