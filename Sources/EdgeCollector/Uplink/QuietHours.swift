import BatchFormat

/// The times of day at which nothing is uploaded, on the device's own clock: `08:00-18:00`, `22:00-06:00, 12:00-13:00`.
///
/// A range contains its first minute and not its last one; one that ends before it begins goes on past midnight.
public struct QuietHours: Hashable, Sendable, CustomStringConvertible {
    private static let minutesOfDay = 1440
    /// The ranges there may be.
    static let maximumRanges = 24

    private struct Range: Hashable {
        let from: Int
        let to: Int

        func contains(_ minute: Int) -> Bool {
            from < to ? from <= minute && minute < to : minute >= from || minute < to
        }
    }

    private let ranges: [Range]
    private let offsetMinutes: Int
    /// The ranges as they were written, and the offset: `08:00-18:00 UTC+02:00`.
    public let description: String

    /// No quiet hours.
    public static let none = QuietHours(ranges: [], offsetMinutes: 0, description: "none")

    private init(ranges: [Range], offsetMinutes: Int, description: String) {
        (self.ranges, self.offsetMinutes, self.description) = (ranges, offsetMinutes, description)
    }

    /// Reads `none`, or ranges with commas between them. Nil where the text is of another form, or where the ranges leave
    /// no minute of the day.
    ///
    /// - Parameter offsetMinutes: how far the device's clock is ahead of UTC.
    public init?(_ text: String, offsetMinutes: Int) {
        if text == "none" {
            self = .none
            return
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let ranges = parts.compactMap(Self.range)
        guard ranges.count == parts.count, ranges.count <= Self.maximumRanges,
            (0..<Self.minutesOfDay).contains(where: { minute in !ranges.contains { $0.contains(minute) } })
        else { return nil }
        let words = ranges.map { "\(Self.text($0.from))-\(Self.text($0.to))" }.joined(separator: ", ")
        let sign = offsetMinutes < 0 ? "-" : "+"
        let zone = offsetMinutes == 0 ? "UTC" : "UTC\(sign)\(Self.text(abs(offsetMinutes)))"
        self.init(ranges: ranges, offsetMinutes: offsetMinutes, description: "\(words) \(zone)")
    }

    /// Whether there are none.
    public var isEmpty: Bool { ranges.isEmpty }

    /// When the quiet that reigns at that moment ends, in milliseconds since 1970; nil while there is none.
    public func end(at milliseconds: Int64) -> Int64? {
        let minute = milliseconds.flooredQuotient(60_000)
        let local = Int((minute + Int64(offsetMinutes)).flooredRemainder(Int64(Self.minutesOfDay)))
        let length = (0..<Self.minutesOfDay).first { count in
            let later = (local + count) % Self.minutesOfDay
            return !ranges.contains { $0.contains(later) }
        }
        guard let length, length > 0 else { return nil }
        return (minute + Int64(length)) * 60_000
    }

    /// Reads `+02:00`, `-03:30`: the minutes a clock is ahead of UTC, at most 14 hours.
    public static func offsetMinutes(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-", let minutes = minutes(text.dropFirst()),
            minutes <= 14 * 60
        else { return nil }
        return sign == "-" ? -minutes : minutes
    }

    private static func range(_ text: Substring) -> Range? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { minutes($0.trimmed) }
        guard ends.count == 2, let from = ends[0], let to = ends[1], from < minutesOfDay, from != to else { return nil }
        return Range(from: from, to: to)
    }

    /// `HH:MM`, up to `24:00`.
    private static func minutes(_ text: Substring) -> Int? {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == UInt8(ascii: ":") else { return nil }
        let numbers = [0, 1, 3, 4].map { Int(digits[$0]) - 0x30 }
        guard numbers.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        guard minute < 60, hour * 60 + minute <= minutesOfDay else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Int64 {
    func flooredQuotient(_ divisor: Int64) -> Int64 { self / divisor - (self % divisor < 0 ? 1 : 0) }

    func flooredRemainder(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
