/// The server's `numeric` in its binary form: four 16-bit numbers (how many digits, the weight of the first, sign,
/// decimals shown), then digits to the base 10,000, all with the greater byte first.
struct DecimalNumber {
    private static let base: Int64 = 10_000

    private let digits: [Int64]
    private let weight: Int
    private let isNegative: Bool
    private let isNumber: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        func word(_ index: Int) -> Int {
            index * 2 + 1 < bytes.count ? Int(bytes[index * 2]) << 8 | Int(bytes[index * 2 + 1]) : 0
        }
        digits = (0..<word(0)).map { Int64(word(4 + $0)) }
        weight = Int(Int16(truncatingIfNeeded: word(1)))
        isNegative = word(2) == 0x4000
        isNumber = word(2) == 0 || isNegative
    }

    /// The number, where it is an integer of 64 bits.
    var integer: Int64? {
        guard isNumber, weight < 5, digits.dropFirst(max(0, weight + 1)).allSatisfy({ $0 == 0 }) else { return nil }
        var value: Int64 = 0
        guard weight >= 0 else { return 0 }
        for place in 0...weight {
            let digit = place < digits.count ? digits[place] : 0
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: Self.base)
            let (sum, isBeyond) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if isTooLarge || isBeyond { return nil }
            value = sum
        }
        return value
    }

    /// The nearest number, or one next to it; infinities are none.
    var real: Double {
        guard isNumber else { return .nan }
        if let integer { return Double(integer) }
        let digits = digits.map { digit in
            String(repeating: "0", count: 4 - String(digit).count) + String(digit)
        }.joined()
        return Double("\(isNegative ? "-" : "")0\(digits)e\((weight + 1) * 4 - digits.count)") ?? .nan
    }
}
