import Glibc

/// Coordinates: numbers with at most 6 decimals.
///
/// Rounding is that of the decimal expansion of the binary number, half to even, back to the nearest binary number:
/// what Python's `round(x, 6)` gives. The shortcut through a multiplication is taken only where its error, at most
/// 2^-14 for numbers below a million, cannot change the result.
enum Coordinate {
    private static let shortcutLimit = 1e6
    private static let scale = 1e6

    /// The number with at most 6 decimals; never a negative zero.
    static func rounded(_ number: Double) -> Double {
        if number.magnitude < shortcutLimit {
            let scaled = number * scale
            let nearest = scaled.rounded()
            if (scaled - nearest).magnitude < 0.499 { return nearest / scale + 0 }
        }
        return printed(number) { strtod($0, nil) } + 0
    }

    /// Appends a rounded number: no exponent, no zeros behind the last decimal, no fraction where it is whole.
    static func append(_ number: Double, to text: inout [UInt8]) {
        printed(number) { start in
            var count = strlen(start)
            while count > 0, start[count - 1] == CChar(UInt8(ascii: "0")) { count -= 1 }
            if count > 0, start[count - 1] == CChar(UInt8(ascii: ".")) { count -= 1 }
            text.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    /// The number as `%.6f`, which the C library prints exactly.
    private static func printed<Result>(_ number: Double, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        // The longest: a sign, 309 digits, a point, 6 decimals, the end.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 320) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { preconditionFailure("the buffer is not empty") }
            _ = withVaList([number]) { vsnprintf(start, buffer.count, "%.6f", $0) }
            return body(start)
        }
    }
}
