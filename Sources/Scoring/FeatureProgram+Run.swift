/// The arithmetic of the transforms: integers wherever possible, so that every machine makes the same token.
extension FeatureProgram {
    private static let hour: Int64 = 3_600_000
    /// 1970-01-01 was a Thursday: three days after Monday.
    private static let thursdayHour: Int64 = 72

    /// The value after operation number `index`.
    func run(
        _ index: Int, on value: FeatureValue, _ values: UnsafeBufferPointer<FeatureValue>,
        _ element: UnsafeBufferPointer<FeatureValue>
    ) -> FeatureValue {
        switch operations[index] {
        case .presence:
            if case .missing = value { return .integer(0) }
            return .integer(1)
        case .count:
            switch value {
            case .list(let count): return .integer(count)
            case .missing: return .integer(0)
            default: return .missing
            }
        case .buckets(let range):
            guard let number = value.number else { return .missing }
            return .integer(Int64(boundaries[range].prefix { $0 <= number }.count))
        case .grid(let cell):
            if let integer = value.integer, cell % 1_000_000 == 0 {
                return .integer(integer.flooredQuotient(by: cell / 1_000_000))
            }
            guard let millionths = value.millionths else { return .missing }
            return .integer(millionths.flooredQuotient(by: cell))
        case .log2Difference(let minus, let unit):
            return Self.log2Difference(value, minus: minus.value(values, element), unit: unit)
        case .log2Age(let time, let unit, let frontier):
            guard let frontier else { return .missing }
            return Self.log2Age(value, at: time.value(values, element), unit: unit, frontiers[frontier])
        case .clock(let clock, let offset, let longitude):
            return Self.clock(clock, value, offset: offset, longitude: longitude.value(values, element))
        }
    }

    /// The bit length of the whole units from `minus` to `value`; -1 less the bit length where `value` comes first.
    private static func log2Difference(_ value: FeatureValue, minus: FeatureValue, unit: Int64) -> FeatureValue {
        guard let time = value.integer, let start = minus.integer else { return .missing }
        let (difference, overflow) = time.subtractingReportingOverflow(start)
        if overflow { return .missing }
        let units = difference.magnitude / UInt64(unit)
        let length = Int64(UInt64.bitWidth - units.leadingZeroBitCount)
        return .integer(difference < 0 ? -1 - length : length)
    }

    /// The bit length of the whole units between the time when a number was new and another time.
    private static func log2Age(
        _ value: FeatureValue, at time: FeatureValue, unit: Int64, _ frontier: Frontier
    ) -> FeatureValue {
        guard let number = value.integer, let time = time.integer else { return .missing }
        let units = (Double(time) - frontier.milliseconds(of: number)) / Double(unit)
        // A double below 2^63 has a whole part that fits.
        let whole = UInt64(min(max(units, 0), 0x1p62))
        return .integer(Int64(UInt64.bitWidth - whole.leadingZeroBitCount))
    }

    /// What a clock with that offset (milliseconds), moved to the solar time of that longitude, shows.
    private static func clock(
        _ clock: FeatureTransform.Clock, _ value: FeatureValue, offset: Int64, longitude: FeatureValue
    ) -> FeatureValue {
        // 24 hours over 360 degrees: 240,000 ms a degree, 24 ms over 100 millionths of one.
        let degrees = longitude.millionths ?? 0
        guard let time = value.integer, degrees.magnitude <= 360_000_000 else { return .missing }
        let (local, overflow) = time.addingReportingOverflow(offset + (degrees * 24).flooredQuotient(by: 100))
        if overflow { return .missing }
        let hours = local.flooredQuotient(by: hour) + thursdayHour
        switch clock {
        case .hourOfWeek: return .integer(hours.flooredRemainder(by: 168))
        case .hourOfDay: return .integer(hours.flooredRemainder(by: 24))
        case .dayOfWeek: return .integer(hours.flooredRemainder(by: 168) / 24)
        }
    }
}

extension FeatureProgram.Source {
    /// The value that stands there.
    @inline(__always)
    func value(
        _ values: UnsafeBufferPointer<FeatureValue>, _ element: UnsafeBufferPointer<FeatureValue>
    ) -> FeatureValue {
        switch self {
        case .value(let index): values[index]
        case .column(let index): element[index]
        case .none: .missing
        }
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    fileprivate func flooredRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
