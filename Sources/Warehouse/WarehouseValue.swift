/// A value of a row, whichever engine holds it.
public enum WarehouseValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// The integer, nil for another class.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The text, nil for another class.
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The bytes, nil for another class.
    public var blob: [UInt8]? {
        if case .blob(let value) = self { value } else { nil }
    }

    /// The number, integers included; nil for another class.
    public var real: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }

    /// What it takes in memory, roughly.
    var byteCount: Int {
        switch self {
        case .null, .integer, .real: 16
        case .text(let text): 16 + text.utf8.count
        case .blob(let bytes): 32 + bytes.count
        }
    }
}

extension WarehouseValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// An integer.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A text.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// Null.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// The integer, or null.
    public init(_ value: Int64?) {
        self = value.map { .integer($0) } ?? .null
    }

    /// The text, or null.
    public init(_ value: String?) {
        self = value.map { .text($0) } ?? .null
    }
}
