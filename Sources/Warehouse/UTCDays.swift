import StreamDefinition

/// The days of UTC, numbered from 1970-01-01, that a stream's times are of: what tables of events are divided by.
///
/// The calendar of all readers has years of four digits. Times before and after it are of no day, whose number is `none`.
public struct UTCDays: Sendable {
    /// 0001-01-01 to 9999-12-31.
    public static let range: ClosedRange<Int64> = -719_162...2_932_896
    /// The number that stands for no day.
    public static let none = Int64.min
    /// The milliseconds of a day.
    public static let milliseconds: Int64 = 86_400_000

    /// How far a time counts in a day.
    private let length: Int64

    /// The days of times in that unit.
    public init(_ unit: TimeUnit) {
        length = unit.time(ofMilliseconds: Self.milliseconds)
    }

    /// The day of a time.
    public func number(of time: Int64) -> Int64 {
        let day = time / length - (time % length < 0 ? 1 : 0)
        return Self.range.contains(day) ? day : Self.none
    }

    /// The times of days, the first of them to the last.
    public func times(of days: ClosedRange<Int64>) -> Range<Int64> {
        days.lowerBound * length..<(days.upperBound + 1) * length
    }
}
