import JSON

/// A value on its way from an event, or from a row of the warehouse, to a token.
///
/// Texts are not copied: the bytes, or the parser's document, behind a value must outlive it.
public enum FeatureValue {
    /// Absent or null.
    case missing
    /// A truth value.
    case boolean(Bool)
    /// A number without fraction.
    case integer(Int64)
    /// A number with a fraction, in millionths. Made by `number`.
    case millionths(Int64)
    /// A text's bytes.
    case text(UnsafeBufferPointer<UInt8>)
    /// A list or map of that many elements.
    case list(count: Int64)

    /// The value of a number: rounded to millionths, an integer where no fraction is left, missing beyond 64 bits.
    public static func number(_ number: Double) -> FeatureValue {
        if let integer = Int64(exactly: number) { return .integer(integer) }
        let rounded = (number * 1_000_000).rounded(.toNearestOrAwayFromZero)
        guard let millionths = Int64(exactly: rounded) else {
            return Int64(exactly: number.rounded(.toNearestOrAwayFromZero)).map { .integer($0) } ?? .missing
        }
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        return rest == 0 ? .integer(whole) : .millionths(millionths)
    }

    /// The value of a parsed element; like the element, a text is good until the parser's next document.
    public init(_ element: JSONElement) {
        switch element.content {
        case .string(let bytes): self = .text(bytes)
        case .null: self = .missing
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .array:
            var count: Int64 = 0
            element.forEachElement { _ in count += 1 }
            self = .list(count: count)
        case .object:
            var count: Int64 = 0
            element.forEachMember { _, _ in count += 1 }
            self = .list(count: count)
        }
    }

    /// The integer, nil for another kind.
    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number, integers included; nil for another kind.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .millionths(let value): Double(value) / 1_000_000
        default: nil
        }
    }

    /// The number in millionths, integers included; nil for another kind or beyond 64 bits.
    var millionths: Int64? {
        switch self {
        case .integer(let value):
            let (product, overflow) = value.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? nil : product
        case .millionths(let value): return value
        default: return nil
        }
    }
}

extension TokenHash {
    /// Adds an operand; `lowerCase` folds A-Z of a text.
    @inline(__always)
    mutating func combine(_ value: FeatureValue, lowerCase: Bool) {
        switch value {
        case .missing, .list: combine(word: 0)
        case .text(let bytes): combine(text: bytes, lowerCase: lowerCase)
        case .integer(let integer):
            combine(word: 2)
            combine(word: UInt64(bitPattern: integer))
        case .millionths(let millionths):
            combine(word: 3)
            combine(word: UInt64(bitPattern: millionths))
        case .boolean(let boolean): combine(word: boolean ? 12 : 4)
        }
    }
}
